"""The ai service's own copy of projects, for who may see what."""
