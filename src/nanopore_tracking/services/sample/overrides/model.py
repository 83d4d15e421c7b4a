"""When an override waits for a second person, who that may be, and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.overrides import OverrideKind, OverrideState
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Actor, Subject

#: How long an override waits; what nobody confirmed until then has to be asked for again.
PATIENCE = timedelta(hours=72)
TYPE = "second-person"

_DONE = {
    "confirmed": "was confirmed already",
    "refused": "was refused already",
    "expired": "was not confirmed in time",
    "overtaken": "does not count any more, as what it is of was changed since",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """What an override is of, as it is now. lab_id: None for what belongs to the facility."""

    kind: OverrideKind
    id: UUID
    code: str
    state: str
    version: int
    lab_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """An override that is asked for. missing: what it passes over; asked: what to carry out once it is signed."""

    thing: Thing
    to: str
    reason: str
    missing: Sequence[Mapping[str, str]]
    asked: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """An override that was asked for, as it is stored. missing: the codes of what it passes over.

    before and seen: state and version of the thing for which it was asked.
    """

    id: UUID
    kind: OverrideKind
    thing_id: UUID
    code: str
    lab_id: UUID | None
    before: str
    seen: int
    to: str
    reason: str
    missing: Sequence[str]
    asked: Mapping[str, Any]
    asked_by: str
    asked_by_id: str
    expires_at: datetime
    state: OverrideState
    version: int

    @property
    def subject(self) -> Subject:
        """How events name what it is of."""
        return Subject(self.kind, str(self.thing_id), self.code)


class SecondPerson(errors.Conflict):
    """What was asked for is done when a second person confirms it."""


def wait(what: str, missing: Sequence[Mapping[str, str]]) -> SecondPerson:
    """Return what tells that something waits for a second person.

    what: what is done then, as a sentence without its end; missing: what the override would pass over.
    """
    hours = PATIENCE // timedelta(hours=1)
    message = f"{what} when a second person confirms it, within {hours} hours. Until then it stays as it is."
    return SecondPerson(message, type=TYPE, missing=[dict(item) for item in missing])


def asked_already(code: str, by: str) -> errors.Conflict:
    """Return the refusal of an override that waits for a second person already."""
    message = f"{by} asked for this override of {code} already. Nothing was changed; a second person has to decide."
    return errors.Conflict(message, type="override-waits")


def facts(found: Override) -> dict[str, Any]:
    """Return what every event about an override says."""
    names = ("kind", "thing_id", "code", "before", "to", "reason", "asked_by")
    return {name: getattr(found, name) for name in names} | {"override_id": found.id, "missing": list(found.missing)}


def open_now(found: Override, now: datetime) -> None:
    """Raise Conflict unless the override still waits."""
    state = "expired" if found.state == "waiting" and found.expires_at <= now else found.state
    if state != "waiting":
        message = f"This override {_DONE[state]}. Nothing was changed; ask for it again if it is still needed."
        raise errors.Conflict(message, type="not-allowed")


def second(found: Override, actor: Actor) -> None:
    """Raise Forbidden unless the actor is a person with another account than the one who asked."""
    if actor.id == found.asked_by_id:
        message = "You asked for this override yourself. Nothing was changed; somebody else has to confirm it."
        raise errors.Forbidden(message, type="same-person")
    if actor.kind != "person":
        message = "A person who is signed in has to confirm an override, no program. Nothing was changed."
        raise errors.Forbidden(message, type="no-person")


def still(found: Override, *, state: str, version: int | None, missing: Sequence[Mapping[str, Any]]) -> None:
    """Raise Conflict where the thing is not what it was, or more is missing than was asked to be passed over.

    version: of the thing now; None where only its state and what is missing count, as for a sample, of which people
    note and measure things all the time.
    """
    if state != found.before:
        message = f"{found.code} is in another state now. Nothing was changed; ask again if it is still needed."
        raise errors.Conflict(message, type="not-allowed")
    if version not in (None, found.seen):
        message = f"{found.code} was changed since this was asked. Nothing was changed; look at it and ask again."
        raise errors.Conflict(message, type="changed-since")
    more = [item for item in missing if item["code"] not in found.missing]
    if more:
        said = " ".join(item["message"] for item in more)
        message = f"More is missing of {found.code} than was asked to be passed over: {said} Nothing was changed; ask "
        raise errors.Conflict(f"{message}again.", type="gate-not-met", missing=[dict(item) for item in more])
