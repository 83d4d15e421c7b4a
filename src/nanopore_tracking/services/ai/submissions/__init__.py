"""The ai service's own copy of submissions, for which files belong to which, and who may see them."""
