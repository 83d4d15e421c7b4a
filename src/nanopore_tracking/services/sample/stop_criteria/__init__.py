"""When a run may end: what is suggested, and what a person confirmed; nothing is sent to an instrument."""
