"""What happened, one module per announcing service; every service may read all of them."""
