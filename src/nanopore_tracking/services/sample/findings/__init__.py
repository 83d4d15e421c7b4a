"""Findings: what has to be resolved before a submission is accepted, each a thing of its own."""
