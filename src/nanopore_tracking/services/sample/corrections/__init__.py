"""Work on the rows of a submission: adding, correcting, removing."""
