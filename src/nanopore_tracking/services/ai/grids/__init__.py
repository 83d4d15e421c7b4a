"""What a table is before anything in it is understood: cells in rows, whatever file they came from."""
