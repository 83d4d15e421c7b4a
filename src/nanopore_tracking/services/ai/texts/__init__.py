"""Tables as text: CSV and its relatives."""
