"""Where a run goes from here, if nothing is done."""
