"""The samples of a form: the rows of its tables and cards, in the columns that manifests have."""
