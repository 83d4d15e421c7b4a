"""The five services; they never import each other."""
