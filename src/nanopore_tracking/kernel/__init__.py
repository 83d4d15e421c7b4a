"""What every service stands on; no laboratory word in here."""
