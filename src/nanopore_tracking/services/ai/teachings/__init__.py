"""What people say of texts that nobody knew, and of forms that are like another."""
