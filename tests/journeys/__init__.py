"""A sample's life from end to end."""
