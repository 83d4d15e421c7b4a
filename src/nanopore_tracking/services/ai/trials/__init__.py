"""Templates over HTTP, and trying them on a document before they are kept."""
