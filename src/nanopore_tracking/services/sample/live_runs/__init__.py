"""Runs while they sequence: what is told of them, and how they stand by it."""
