"""A page that is drawn because its file has none."""
