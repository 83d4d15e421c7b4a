"""Documents line by line on pages."""
