"""What corrections teach about the labels of forms."""
