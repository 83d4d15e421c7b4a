"""Readings of documents: a queue that survives every kill."""
