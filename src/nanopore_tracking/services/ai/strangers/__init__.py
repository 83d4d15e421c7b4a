"""Texts of a form that look like labels or headings and that nobody knows."""
