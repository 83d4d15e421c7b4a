"""Pools: libraries that are sequenced together."""
