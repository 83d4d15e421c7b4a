"""The gates at the bench: from the expected tube to the finished library."""
