"""Notes beside a table that say in which units its numbers are."""
