"""The last that is known of each barcode while a run is read live, and whose it is."""
