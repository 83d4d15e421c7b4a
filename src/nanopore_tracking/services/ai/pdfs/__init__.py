"""PDF files: what their pages show, what they draw, what was typed into them, and what nobody sees."""
