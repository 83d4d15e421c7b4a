"""The second person: confirms an override that waits, of whatever it is, and what was asked for is done."""
