"""Search: one box for everything that has a code, a name or a note; one query for each kind of thing."""
