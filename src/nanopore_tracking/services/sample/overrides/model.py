"""When an override waits for a second person, who that may be, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.overrides import OverrideState
from nanopore_tracking.contracts.api.sample.samples import Stage
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Actor

#: How long an override waits; what nobody confirmed until then has to be asked for again.
PATIENCE = timedelta(hours=72)
TYPE = "second-person"

_DONE = {
    "confirmed": "was confirmed already",
    "refused": "was refused already",
    "expired": "was not confirmed in time",
    "overtaken": "does not count any more, as the sample was moved since",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """An override that was asked for, as it is stored. missing: the codes of what it passes over."""

    id: UUID
    sample_id: UUID
    stage: Stage
    to: Stage
    reason: str
    missing: Sequence[str]
    asked_by: str
    asked_by_id: str
    expires_at: datetime
    state: OverrideState
    version: int


class SecondPerson(errors.Conflict):
    """The sample goes on when a second person confirms it."""


def wait(code: str, to: str, missing: Sequence[dict[str, str]]) -> SecondPerson:
    """Return what tells that a sample waits for a second person. missing: what the override would pass over."""
    message = (
        f"The sample {code} goes on to {to} when a second person confirms it, within {PATIENCE // timedelta(hours=1)} "
        "hours. Until then it stays as it is."
    )
    return SecondPerson(message, type=TYPE, missing=list(missing))


def asked_already(code: str, by: str) -> errors.Conflict:
    """Return the refusal of an override that waits for a second person already."""
    message = f"{by} asked for this override of {code} already. Nothing was changed; a second person has to decide."
    return errors.Conflict(message, type="override-waits")


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


def still(found: Override, code: str, *, stage: Stage, missing: Sequence[dict[str, Any]]) -> None:
    """Raise Conflict where the sample is elsewhere now, or more is missing than was asked to be passed over."""
    if stage != found.stage:
        message = f"The sample {code} is at another stage now. Nothing was changed; ask again if it is still needed."
        raise errors.Conflict(message, type="not-allowed")
    more = [item for item in missing if item["code"] not in found.missing]
    if more:
        said = " ".join(item["message"] for item in more)
        message = f"More is missing of {code} than was asked to be passed over: {said} Nothing was changed; ask again."
        raise errors.Conflict(message, type="gate-not-met", missing=more)
