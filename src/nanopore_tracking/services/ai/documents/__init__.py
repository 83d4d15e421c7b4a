"""Uploaded files, kept as they came."""
