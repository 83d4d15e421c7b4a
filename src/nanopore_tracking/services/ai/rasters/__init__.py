"""Pages as grey pixels, for recognising letters in them."""
