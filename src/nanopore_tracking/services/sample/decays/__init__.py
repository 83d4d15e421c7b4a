"""The decay of a yield: a course as arrays, what it will give next, and the baseline."""
