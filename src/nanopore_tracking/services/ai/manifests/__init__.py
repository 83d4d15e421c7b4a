"""Sample manifests: the table in a file, found and read cell by cell."""
