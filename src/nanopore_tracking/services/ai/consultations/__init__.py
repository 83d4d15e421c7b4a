"""Forms that are read with the help of a language model, where that is wanted and allowed."""
