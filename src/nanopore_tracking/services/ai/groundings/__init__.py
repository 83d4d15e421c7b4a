"""What of a language model's answer is believed: only what stands in the document."""
