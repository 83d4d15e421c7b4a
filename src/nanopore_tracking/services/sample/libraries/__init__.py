"""Libraries: what was prepared of samples, with which barcodes."""
