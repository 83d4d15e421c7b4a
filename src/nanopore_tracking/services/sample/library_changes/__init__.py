"""What was done with many libraries at once, kept so that it can be looked at and taken back, once."""
