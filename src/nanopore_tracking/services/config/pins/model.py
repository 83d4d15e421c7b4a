"""In which sentences a PIN is refused."""

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.config.devices.model import MOST_FAILURES


def wrong(failures: int) -> errors.Unauthenticated:
    """Return the refusal of a wrong PIN, and how many more are looked at."""
    left = MOST_FAILURES - failures
    if left <= 0:
        return locked()
    tries = "1 more try" if left == 1 else f"{left} more tries"
    message = f"The PIN is not right. Nothing was changed; after {tries} the password is needed on this tablet."
    return errors.Unauthenticated(message, type="pin-refused", tries_left=left)


def locked() -> errors.Unauthenticated:
    """Return that no PIN is looked at: of nobody who could go on here, or after too many wrong ones."""
    message = "The PIN of this person is not taken on this tablet now. Sign in with the user name and the password."
    return errors.Unauthenticated(message, type="full-sign-in-needed")


def not_shared() -> errors.Unauthenticated:
    """Return that a tablet is not known."""
    message = "This tablet is not shared. Sign in with the user name and the password."
    return errors.Unauthenticated(message, type="device-not-shared")


def none_set() -> errors.Conflict:
    """Return that somebody without a PIN cannot go on with one."""
    message = "You have no PIN yet. Nothing was changed; set one on the page of your account."
    return errors.Conflict(message, type="no-pin")
