"""Submission forms: everything that one says, as fields and rows with their places."""
