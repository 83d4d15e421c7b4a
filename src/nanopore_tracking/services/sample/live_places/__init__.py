"""Computers with MinKNOW and their positions, as agents tell them."""
