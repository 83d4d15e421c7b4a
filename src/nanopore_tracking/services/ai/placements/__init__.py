"""Where things of a PDF are shown: from its own places to points from the top left corner."""
