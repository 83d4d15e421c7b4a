"""Names of samples: what MinKNOW makes of them, and which speak of controls."""
