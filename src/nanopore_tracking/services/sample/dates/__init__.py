"""Days in natural words: `since last week`, `in October`, `the last 3 weeks`."""
