"""Custody: who had a tube, where it is, and in which condition; events are only added."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked

CustodyKind = Literal[
    "received",
    "stored",
    "moved",
    "checked_out",
    "checked_in",
    "thawed",
    "returned",
    "destroyed",
    "lost",
    "damaged",
]
Condition = Literal["intact", "thawed", "leaking", "broken", "empty", "label_unreadable", "other"]

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

#: A time with its zone.
Moment = Annotated[datetime, Meta(tz=True)]


class NewCustodyEvent(Asked, frozen=True, kw_only=True):
    """Record what happened to a tube.

    location: required for `stored`, `moved` and `checked_in`, as room/freezer/shelf/rack/box/position; condition:
    required for `received`; note: required for `lost`, `damaged`, `destroyed` and `returned`.
    """

    kind: Annotated[CustodyKind, Meta(description="What happened.")]
    location: Annotated[
        str,
        Meta(max_length=200, pattern=_ONE_LINE, description="Where it is now: room/freezer/shelf/rack/box/position."),
    ] = ""
    condition: Annotated[Condition | None, Meta(description="In which condition it is.")] = None
    temperature_c: Annotated[float, Meta(ge=-273.15, le=100, description="The temperature it had.")] | None = None
    witness: Annotated[str, Meta(max_length=100, pattern=_ONE_LINE, description="Who else saw it.")] = ""
    note: Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Anything to know about it.")] = ""
    happened_at: Annotated[Moment | None, Meta(description="When; now if left out.")] = None


class CustodyEvent(Answer, frozen=True, kw_only=True):
    """One event; person: who recorded it; sequence: counts on for each sample, from 1."""

    id: UUID
    sample_id: UUID
    sequence: int
    kind: CustodyKind
    location: str
    condition: Condition | None
    temperature_c: float | None
    person: str
    witness: str
    note: str
    happened_at: datetime
    recorded_at: datetime
