"""Options beside boxes: each with its text and whether something marks it, drawn, ticked or typed."""
