"""Forms that are letters: what their sentences say, found by rules."""
