"""The rules by which sentences of letters are read."""
