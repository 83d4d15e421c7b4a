"""Catalogues of kits, barcodes, flow cells, thresholds and service types, in versions that never change."""
