"""What the pairs of labels and values say about the fields of a form."""
