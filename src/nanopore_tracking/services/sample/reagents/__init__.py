"""Reagents: what a library takes of the lot of its kit, and gives back where it is not made after all."""
