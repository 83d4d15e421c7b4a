"""Backups of the five databases."""
