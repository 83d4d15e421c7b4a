"""Text that speaks to a program instead of to the facility: never a value of a field, always a warning."""
