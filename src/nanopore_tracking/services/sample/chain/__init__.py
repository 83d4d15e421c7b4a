"""What libraries and pools have in common: their transitions, their codes, their amounts."""
