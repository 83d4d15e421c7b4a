"""Reads what a sequencing run leaves on a disk: summaries of every vintage, reports, sheets."""
