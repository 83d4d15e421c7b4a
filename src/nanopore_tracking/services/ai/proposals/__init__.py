"""Words of a search that nobody understood, put to a language model: it proposes filters."""
