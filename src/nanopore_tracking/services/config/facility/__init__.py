"""Facility settings: what people may set while the product runs."""
