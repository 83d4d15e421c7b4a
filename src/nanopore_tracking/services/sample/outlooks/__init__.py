"""Until when samples will probably be delivered, by how long it took those before them."""
