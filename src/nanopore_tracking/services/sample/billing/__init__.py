"""Billing: what is charged, from facts, and the monthly statement of a lab."""
