"""Basecallings: those of many samples as one sheet, checked cell by cell and recorded as one job."""
