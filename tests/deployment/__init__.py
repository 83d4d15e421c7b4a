"""Contracts between the manifests in deployment/, the product and what a cluster asks of them."""
