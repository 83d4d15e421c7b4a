"""Questions to the submitter about values of a form, kept with its review until there is a submission to ask in."""
