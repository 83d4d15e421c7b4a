"""Layouts of labels: what stands where, and whether it fits."""
