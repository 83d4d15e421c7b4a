"""The words that lists are narrowed by: each phrase with the one filter that it means."""
