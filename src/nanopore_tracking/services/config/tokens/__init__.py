"""API tokens for programs."""
