"""Questions to the ai service and its answers, one module for each noun."""
