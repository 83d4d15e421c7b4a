"""What stands beside and below the labels of a page."""
