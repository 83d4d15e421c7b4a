"""What people decided on an earlier reading of the same document."""
