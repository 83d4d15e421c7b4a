"""Samples and tables that were probably submitted before: asked about at intake, never merged."""
