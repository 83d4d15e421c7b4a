"""The web front: all HTML, and a client of the services' public API, nothing else."""
