"""Headings of tables on pages."""
