"""The server of a language model: what it is asked, what it may cost, and how it is."""
