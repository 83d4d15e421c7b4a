"""Acquisitions that are read live, minute by minute."""
