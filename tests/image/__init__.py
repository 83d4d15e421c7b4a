"""Builds the product's image and runs every service from it, as a cluster would."""
