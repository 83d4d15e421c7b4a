"""Sample sheets as text and as tables."""
