"""Reviews of forms: what was read, and what people say to it before it becomes a submission."""
