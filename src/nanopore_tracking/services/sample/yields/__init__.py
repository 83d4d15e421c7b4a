"""What all runs of a sample have given of what was asked for, and what is odd about the reads of a run."""
