"""Submissions: their headers and what state they are in."""
