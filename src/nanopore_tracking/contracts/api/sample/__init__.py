"""Questions to the sample service and its answers, one module for each noun."""
