"""What the pages of a PDF draw: rules, small marks, filled areas, pictures, each with its turn in the drawing."""
