"""PINs: setting one, sharing a tablet, going on there as another person."""
