"""Single cells of a manifest: what a number, a choice or a text means as it was written."""
