"""Manifests: the template that is filled in, and what becomes of one that was read."""
