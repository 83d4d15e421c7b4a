"""What services and the web front say to each other: events, questions and answers, permissions."""
