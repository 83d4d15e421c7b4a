"""What becomes of a form that rules and a language model read."""
