"""Readings of a form once more, and what becomes of what people decided on the one before."""
