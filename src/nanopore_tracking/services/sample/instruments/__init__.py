"""Instruments, their kinds and their positions."""
