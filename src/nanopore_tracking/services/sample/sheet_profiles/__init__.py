"""Sample sheets as each tool takes them."""
