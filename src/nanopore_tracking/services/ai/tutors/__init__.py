"""What a person would teach about a form whose contents are known."""
