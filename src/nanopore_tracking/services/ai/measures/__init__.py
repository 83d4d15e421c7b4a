"""How large recognised letters are."""
