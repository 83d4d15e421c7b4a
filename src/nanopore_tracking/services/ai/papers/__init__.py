"""Documents without pages: DOCX, XLSX and CSV laid out as if they had, so that one reader reads all of them."""
