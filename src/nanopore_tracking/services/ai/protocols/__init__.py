"""Protocols of the laboratory: versions, passages, and the search by word and by meaning."""
