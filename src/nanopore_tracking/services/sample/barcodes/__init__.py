"""Barcodes: which one a name means, and what reads with it are called."""
