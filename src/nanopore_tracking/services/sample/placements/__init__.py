"""Boxes: what stands in them, and putting many scanned tubes into one at once."""
