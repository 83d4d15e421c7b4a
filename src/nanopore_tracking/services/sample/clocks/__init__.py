"""Clocks: until when something should be done, on working days, with pauses."""
