"""What can be loaded: a pool, or a library alone, as loads and runs see it."""
