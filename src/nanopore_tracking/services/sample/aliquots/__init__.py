"""Aliquots: what was taken of a sample."""
