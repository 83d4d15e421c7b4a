"""Labels: layouts, printers, and the queue of what is to be printed."""
