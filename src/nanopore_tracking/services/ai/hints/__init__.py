"""What texts may be that nobody knows: the field of the known text that is nearest to each."""
