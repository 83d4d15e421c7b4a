"""Which rules of a page stand around a text: the cell or box that it is in."""
