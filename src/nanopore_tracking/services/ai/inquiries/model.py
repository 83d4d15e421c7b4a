"""How many questions a review may gather; they become one message in the thread of the submission."""

from nanopore_tracking.kernel import errors

#: Questions of one form: all of them fit into one message.
MOST = 10


def refuse_many(count: int) -> None:
    """Raise Conflict where a form has so many questions already."""
    if count >= MOST:
        raise errors.Conflict(f"This form has {MOST} questions already. Nothing was asked; withdraw one first.")
