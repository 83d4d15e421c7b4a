"""What a language model is asked, whatever it is about: the messages, the shape of the answer, and its price."""
