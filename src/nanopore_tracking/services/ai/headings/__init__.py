"""Headings of columns and labels of headers: which field they name, and what a lab taught about them."""
