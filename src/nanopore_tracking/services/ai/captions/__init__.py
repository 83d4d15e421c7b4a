"""Labels of several lines, and what stands beside labels to help people fill a form in."""
