"""Cells of workbooks that nobody sees: in hidden rows and columns, or in the colour of the paper."""
