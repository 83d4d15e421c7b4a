"""Samples: what was submitted, what counts now, and where each one is on its way."""
