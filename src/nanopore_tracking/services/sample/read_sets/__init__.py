"""Basecallings of acquisitions, and the reads of each barcode by sample."""
