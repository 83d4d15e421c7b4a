"""Forms that are known: their labels, table, groups of choices, and how they are recognised."""
