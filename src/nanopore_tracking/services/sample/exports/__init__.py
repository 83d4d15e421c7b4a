"""Exports: a selection of samples as a file, streamed, and recorded."""
