"""The check of a sample sheet that somebody brings."""
