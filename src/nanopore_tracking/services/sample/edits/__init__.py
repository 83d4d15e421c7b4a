"""Edits: a grid of many samples, checked cell by cell; what is right is saved, what is wrong says why."""
