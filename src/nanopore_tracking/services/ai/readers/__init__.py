"""Reads what waits: takes a reading from the queue and lets the reader of its kind of document read it."""
