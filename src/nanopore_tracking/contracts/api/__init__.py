"""Questions and answers over HTTP, one module per answering service; read by its owner, the web front and the CLI only."""
