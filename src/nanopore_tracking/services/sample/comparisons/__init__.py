"""How a run compares with those before it: medians and how far it lies from them."""
