"""Custody of tubes: events that are only added."""
