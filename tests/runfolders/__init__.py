"""Tests of what reads run folders."""
