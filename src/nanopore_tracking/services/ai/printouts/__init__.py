"""Sheets of cells on pages."""
