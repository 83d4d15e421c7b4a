"""What a custody event must say, and where the tube is after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nanopore_tracking.contracts.api.sample.custody import Condition, CustodyKind, NewCustodyEvent
from nanopore_tracking.kernel import errors

_AHEAD = timedelta(minutes=5)
_PLACES = ("stored", "moved", "checked_in")
_EXPLAINED = ("returned", "destroyed", "lost", "damaged")
#: After these the tube is in no place of the facility that is known.
_GONE = ("returned", "destroyed", "lost")


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What custody says of a tube now; condition: the last one that was stated; received: it ever was."""

    received: bool
    destroyed: bool
    condition: Condition | None


def held(events: Sequence[tuple[CustodyKind, Condition | None]]) -> Held:
    """Return what the events of a tube, in their order, say of it."""
    kinds = {kind for kind, _ in events}
    stated = [condition or ("other" if kind == "damaged" else None) for kind, condition in events]
    conditions: list[Condition] = [condition for condition in stated if condition is not None]
    return Held(
        received="received" in kinds,
        destroyed="destroyed" in kinds,
        condition=conditions[-1] if conditions else None,
    )


def check(asked: NewCustodyEvent, *, now: datetime) -> None:
    """Raise Invalid where an event does not say what its kind requires."""
    wrong = []
    if asked.kind in _PLACES and not asked.location.strip():
        wrong.append(errors.FieldError("location", f"Say where the tube is; {asked.kind} needs it."))
    if asked.kind == "received" and asked.condition is None:
        wrong.append(errors.FieldError("condition", "Say in which condition the tube came; received needs it."))
    if asked.kind in _EXPLAINED and not asked.note.strip():
        wrong.append(errors.FieldError("note", f"Say how that came; {asked.kind} needs it."))
    if asked.happened_at is not None and asked.happened_at > now + _AHEAD:
        wrong.append(errors.FieldError("happened_at", "This is in the future."))
    if wrong:
        said = " ".join(field.message for field in wrong)
        raise errors.Invalid(f"The custody event is not complete. {said} Nothing was recorded.", fields=wrong)


def allowed(code: str, before: Held) -> None:
    """Raise Conflict where nothing more can happen to the tube."""
    if before.destroyed:
        message = f"The tube of the sample {code} was destroyed; nothing more can happen to it. Nothing was recorded."
        raise errors.Conflict(message, type="not-allowed")


def location(asked: NewCustodyEvent, before: str) -> str:
    """Return where the tube is after an event; blank where nobody knows."""
    if asked.kind in _GONE:
        return ""
    said = asked.location.strip()
    return said or ("" if asked.kind == "checked_out" else before)
