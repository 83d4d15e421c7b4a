"""What was read of run folders, and which planned runs they are."""
