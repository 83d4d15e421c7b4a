"""What was found on a form: fields and rows, each with the place where it stands and how sure it is."""
