"""Filters that somebody proposes for words which nobody understood: taken only as far as vocabulary and text bear."""
