"""Tests of the ai service."""
