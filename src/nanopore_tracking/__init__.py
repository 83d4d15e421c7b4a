"""Follows every sample through an Oxford Nanopore laboratory, from the submission form to delivered data."""

__version__ = "0.1.0"
