"""How much of each library goes into a pool, and the list that a liquid handler follows."""
