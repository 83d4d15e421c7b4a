"""Passages of protocols: what stands together under a heading, with its place."""
