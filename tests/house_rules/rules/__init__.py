"""The house rules as functions over a tree of files; each returns what breaks it, one line each."""
