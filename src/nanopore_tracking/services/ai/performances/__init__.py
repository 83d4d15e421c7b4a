"""How well forms are read, over HTTP and for dashboards."""
