"""Pictures of the pages of documents, for people who compare what was read with what is there."""
