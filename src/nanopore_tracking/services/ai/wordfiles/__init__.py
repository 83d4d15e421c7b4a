"""DOCX files: their paragraphs and tables as pages, with boxes that are ticked and text that nobody sees."""
