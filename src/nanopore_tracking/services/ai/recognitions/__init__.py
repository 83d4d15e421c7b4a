"""Recognising letters, rules and marks in pixels."""
