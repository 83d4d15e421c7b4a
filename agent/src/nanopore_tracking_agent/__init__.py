"""Reads MinKNOW beside the instrument and tells the product how runs go; it never changes anything in MinKNOW."""

__version__ = "0.1.0"
