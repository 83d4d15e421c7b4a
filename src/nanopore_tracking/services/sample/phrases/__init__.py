"""Searches in natural words: a grammar makes filters of them that everybody sees."""
