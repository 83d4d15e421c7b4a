"""Labels of forms: which field each of them names, as listed, as learnt, or by what its words mean."""
