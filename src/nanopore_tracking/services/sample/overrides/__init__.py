"""Overrides that wait for a second person: asked for by one, confirmed or refused by another, or not in time."""
