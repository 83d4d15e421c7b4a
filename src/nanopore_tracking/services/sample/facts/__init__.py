"""What a sample is judged by at a gate, and how requirements are worded."""
