"""Drawings of the pages that files without pages were given."""
