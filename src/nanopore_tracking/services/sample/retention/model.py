"""Until when a sample is kept, and that it is not destroyed before."""

from dataclasses import dataclass
from datetime import date

from nanopore_tracking.kernel import errors


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """Until when a sample is kept; of: `sample` or `project`, whichever it was set for."""

    keep_until: date
    of: str


def day(said: str, *, field: str = "keep_until") -> date:
    """Return the day that a text is; Invalid for one that no calendar has. field: where it was said."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        message = f"There is no day {said}."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError(field, message)]) from None


def over(code: str, kept: Kept | None, *, today: date) -> None:
    """Raise Conflict where the tube of a sample is to be destroyed although it has to be kept."""
    if kept is not None and kept.keep_until >= today:
        raise errors.Conflict(
            f"The sample {code} is to be kept until {kept.keep_until}, as was set for the {kept.of}. Nothing was "
            "recorded; return it, or set an earlier day with the reason first.",
            type="not-allowed",
        )
