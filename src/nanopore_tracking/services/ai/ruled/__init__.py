"""Which column each text of a table's row belongs to: by rules where there are some, else by where texts stand."""
