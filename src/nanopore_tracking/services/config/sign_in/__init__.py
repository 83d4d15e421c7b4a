"""Signing in and out, access tokens, passwords: the doors of the product."""
