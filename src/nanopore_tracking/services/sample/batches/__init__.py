"""Batches: many libraries planned at once."""
