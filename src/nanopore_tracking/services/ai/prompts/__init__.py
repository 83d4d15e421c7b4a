"""What a language model is asked about a form, and what its answer may look like."""
