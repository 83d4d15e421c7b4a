"""Labels in words that nobody listed: what their parts mean together."""
