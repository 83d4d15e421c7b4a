"""The gates from the flow cell to the delivered data."""
