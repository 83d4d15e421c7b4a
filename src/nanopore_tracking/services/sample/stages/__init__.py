"""Stages: the one table of transitions, and the one command that moves a sample."""
