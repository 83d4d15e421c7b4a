"""Printed words that were recognised almost."""
