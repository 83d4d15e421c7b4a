"""Sides of options on which their boxes stand."""
