"""The course of each acquisition: what it had read by when, and how it ran, small enough to be compared."""
