"""Projects of labs."""
