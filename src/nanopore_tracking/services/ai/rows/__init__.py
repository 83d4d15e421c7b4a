"""The rows of a table of samples while it is found."""
