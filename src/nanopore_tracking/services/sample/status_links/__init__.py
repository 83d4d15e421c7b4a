"""Links that show the status of one submission to whoever has them."""
