"""Acquisitions of one run, put one after the other."""
