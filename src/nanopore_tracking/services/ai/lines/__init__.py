"""Tables on pages: their headings in one to three lines, their rows over all pages, with rules or without."""
