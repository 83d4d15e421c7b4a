"""Sessions of people who are signed in."""
