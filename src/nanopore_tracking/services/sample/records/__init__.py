"""Stage records: what was done to a sample, typed by kind."""
