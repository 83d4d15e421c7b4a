"""Batches at the bench: tubes with their positions, and what is done with each of them."""
