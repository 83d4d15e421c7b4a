"""What is drawn on the picture of a page: rules, boxes, circles, ink."""
