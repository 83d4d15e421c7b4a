"""Reports: what the laboratory did in some weeks, from the transitions, and what needs attention now."""
