"""Questions and answers over HTTP, one module for each service; only its owner, the web front and the CLI read it."""
