"""Temperature excursions of places, and what they mean for the samples that were in them."""
