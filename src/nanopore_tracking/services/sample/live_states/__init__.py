"""How a planned run follows what MinKNOW says of it, and where both contradict each other."""
