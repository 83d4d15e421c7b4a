"""The table in a grid: its row of headings, what stands above it and below."""
