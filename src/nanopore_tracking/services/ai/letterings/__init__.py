"""Letters that were recognised, put together into words."""
