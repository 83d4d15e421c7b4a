"""Webhooks: other programs are told of events."""
