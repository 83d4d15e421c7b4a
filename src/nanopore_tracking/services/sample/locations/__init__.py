"""Places where things are kept, from the site down to the box."""
