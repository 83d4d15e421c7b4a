"""Starts and stops a real PostgreSQL and a real NATS for one machine; knows no service and no laboratory word."""
