"""Tablets that people share, and who of them may go on there with a PIN."""
