"""The letters of a PDF as words, with their looks, and which of them nobody can see."""
