"""Columns of a table: which field each one holds, and what a lab has taught about its headings."""
