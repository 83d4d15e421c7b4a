"""Views over all samples: the board, the counts, and what a scanned code belongs to."""
