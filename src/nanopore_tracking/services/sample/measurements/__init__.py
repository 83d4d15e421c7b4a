"""Measurements of samples, libraries and pools; never overwritten."""
