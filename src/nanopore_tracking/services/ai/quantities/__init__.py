"""Numbers as people write them: decimal marks, thousands, units."""
