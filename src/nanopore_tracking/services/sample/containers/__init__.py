"""Containers: tubes and wells, what is in them and where they are."""
