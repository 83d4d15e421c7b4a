"""Entries of the log."""
