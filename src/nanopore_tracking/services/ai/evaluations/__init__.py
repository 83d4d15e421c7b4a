"""How well forms are read: readings compared with what their makers say that the forms say."""
