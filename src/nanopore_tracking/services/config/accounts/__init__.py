"""Accounts: who may sign in, with which roles, in which labs; their passwords and one-time links."""
