"""What texts mean, as numbers: a small model of sentences that runs here, without a network."""
