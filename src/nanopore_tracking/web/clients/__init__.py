"""Typed clients of the five services, one module each; the only way in which pages learn or change anything."""
