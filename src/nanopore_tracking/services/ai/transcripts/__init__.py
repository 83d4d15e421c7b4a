"""Pages as lines with the places of their words, for whoever reads text."""
