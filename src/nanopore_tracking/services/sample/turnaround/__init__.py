"""Turnaround: how long the stages took, and what was late why."""
