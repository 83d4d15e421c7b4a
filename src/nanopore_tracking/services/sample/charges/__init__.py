"""Charges: the charge codes of labs, and which one the work of a project goes to."""
