"""Which option of a group is chosen, for groups that a template knows and for others."""
