"""Failed attempts to sign in, by account and by address, and how long they are answered with a wait."""
