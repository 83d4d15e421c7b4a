"""Questions: the thread of a submission between the facility and the customer."""
