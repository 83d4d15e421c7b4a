"""Which values are accepted unseen: the error rate that a manager allows, and from which probability on it is kept."""
