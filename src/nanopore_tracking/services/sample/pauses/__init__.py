"""Pauses: why the clock of a sample stands still."""
