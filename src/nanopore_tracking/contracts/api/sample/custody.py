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
    "transferred",
    "checked_out",
    "checked_in",
    "aliquoted",
    "consumed",
    "thawed",
    "returned",
    "destroyed",
    "lost",
    "damaged",
]
#: What an event can tell besides: excursions are recorded of places, not of tubes.
ToldKind = Literal[CustodyKind, "excursion"]
Condition = Literal["intact", "thawed", "leaking", "broken", "empty", "label_unreadable", "other"]

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

#: A time with its zone.
Moment = Annotated[datetime, Meta(tz=True)]
Warmth = Annotated[float, Meta(ge=-273.15, le=100, description="The temperature it had.")]
Noted = Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Anything to know about it.")]
Where = Annotated[
    str, Meta(max_length=200, pattern=_ONE_LINE, description="Where it is now: room/freezer/shelf/rack/box/position.")
]


class NewCustodyEvent(Asked, frozen=True, kw_only=True):
    """Record what happened to a tube.

    location: required for `stored`, `moved` and `checked_in`, as room/freezer/shelf/rack/box/position or as the barcode
    of a place with a position; condition: required for `received`; note: required for `lost`, `damaged`, `destroyed`,
    `returned` and `transferred`; witness: required for `destroyed`.
    """

    kind: Annotated[CustodyKind, Meta(description="What happened.")]
    location: Where = ""
    position: Annotated[
        str, Meta(pattern=r"^([A-Za-z][0-9]{1,2})?$", description="In the box that was scanned as location, like C4.")
    ] = ""
    condition: Annotated[Condition | None, Meta(description="In which condition it is.")] = None
    temperature_c: Warmth | None = None
    witness: Annotated[str, Meta(max_length=100, pattern=_ONE_LINE, description="Who else saw it.")] = ""
    shipping_ref: Annotated[
        str, Meta(max_length=100, pattern=_ONE_LINE, description="Of the parcel that it was returned in.")
    ] = ""
    note: Noted = ""
    happened_at: Annotated[Moment | None, Meta(description="When; now if left out.")] = None


class CustodyEvent(Answer, frozen=True, kw_only=True):
    """One event; person: who recorded it; sequence: counts on for each container, from 1.

    location: what was said of the place; place: where it is after the event. hash: of this event together with
    prev_hash, that of the event before.
    """

    id: UUID
    sample_id: UUID | None
    container_id: UUID
    sequence: int
    kind: ToldKind
    location: str
    place: str
    condition: Condition | None
    temperature_c: float | None
    person: str
    witness: str
    shipping_ref: str
    note: str
    happened_at: datetime
    recorded_at: datetime
    prev_hash: str
    hash: str
