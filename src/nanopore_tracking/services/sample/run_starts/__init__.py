"""The start of a run: a saga that reserves flow cell, barcodes and position, and issues the sheet."""
