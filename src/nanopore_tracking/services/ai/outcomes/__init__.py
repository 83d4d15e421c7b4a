"""What came of readings: right, wrong, made up or missed, as people found when they accepted a form."""
