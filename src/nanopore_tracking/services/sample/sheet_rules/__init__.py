"""The rules by which tools read sample sheets."""
