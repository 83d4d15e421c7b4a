"""Lots of reagent kits and what they were used for."""
