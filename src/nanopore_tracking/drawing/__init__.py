"""Draws charts of what was read, for pages, for files of their own, and for reports on paper."""
