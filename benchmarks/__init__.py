"""Measurements of speed and memory, as ratios to a baseline that runs beside the product; `make bench` runs them."""
