"""Values whose shape alone tells what they are."""
