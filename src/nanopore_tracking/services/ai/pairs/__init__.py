"""Labels and their values: beside them, below them, or behind a colon."""
