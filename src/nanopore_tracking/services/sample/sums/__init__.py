"""Lists of files with their sums, as sha256sum writes them."""
