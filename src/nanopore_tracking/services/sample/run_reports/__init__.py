"""The report of a run: what was read of it, what its numbers mean, what is odd; and its charts as files."""
