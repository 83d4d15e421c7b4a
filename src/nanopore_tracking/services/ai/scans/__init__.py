"""Pages of which only a picture is there, and what was recognised on them."""
