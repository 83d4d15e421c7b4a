"""Tables of persons: their roles in the columns, what is said of each in the rows."""
