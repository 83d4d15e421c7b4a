"""Spans of days that lists are narrowed to, as they stand in an address."""
