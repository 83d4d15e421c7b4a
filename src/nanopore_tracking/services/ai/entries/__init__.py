"""What was typed and ticked in the fields of a PDF form, and typed onto its pages as notes."""
