"""Files that belong to a submission: protocols, gel pictures, QC reports; nothing is read from them."""
