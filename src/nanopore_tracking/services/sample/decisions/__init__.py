"""What is decided of a submission: handing in, acceptance, rejection, cancellation."""
