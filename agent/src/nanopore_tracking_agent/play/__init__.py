"""Plays a run as MinKNOW would show one, over its own protocol, for demonstrations and tests without an instrument."""
