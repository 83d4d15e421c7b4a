"""Samples that are no rows of a table: each on a card of labels and values, or in a column of a table turned over."""
