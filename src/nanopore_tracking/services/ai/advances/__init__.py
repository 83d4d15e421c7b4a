"""How wide letters are when files without pages are drawn."""
