"""Deliveries: data on their way to a customer."""
