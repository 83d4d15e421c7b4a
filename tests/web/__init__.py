"""The pages in a real Chromium, under their own content security policy."""
