"""How much of each library goes into a pool: equimolar, and again by what was observed."""
