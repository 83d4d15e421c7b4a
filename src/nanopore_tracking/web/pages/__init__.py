"""One module and one template for every page, side by side."""
