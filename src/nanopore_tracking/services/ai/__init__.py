"""The ai service: documents that people hand in, and what is read from them."""
