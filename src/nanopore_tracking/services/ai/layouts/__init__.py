"""Pages as a reader sees them: words, lines and segments with their looks, rules, drawn marks and filled-in fields."""
