"""Tests of what reads MinKNOW: its own process in its own environment, against servers of the official stubs."""
