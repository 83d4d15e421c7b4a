"""Loads, reloads, washes and flushes of flow cells."""
