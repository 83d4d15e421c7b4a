"""What the value of a field means as it was written."""
