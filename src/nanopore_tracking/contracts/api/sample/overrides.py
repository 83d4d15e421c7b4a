"""Overrides that need a second person, where the facility wants one: what is asked, and what became of it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked

OverrideState = Literal["waiting", "confirmed", "refused", "expired", "overtaken"]
#: What an override may be of.
OverrideKind = Literal["sample", "library", "pool", "run", "flow_cell", "kit_lot"]

_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Words = Annotated[str, Meta(max_length=1000, pattern=_LINES, description="What there is to say of it.")]


class OverrideConfirmation(Asked, frozen=True, kw_only=True):
    """Confirm an override that somebody else asked for; what was asked is done at once."""

    note: Words = ""


class OverrideRefusal(Asked, frozen=True, kw_only=True):
    """Refuse an override; who asked for it takes it back in the same way."""

    reason: Annotated[str, Meta(min_length=3, max_length=1000, pattern=_LINES, description="Why; it is kept.")]


class Override(Answer, frozen=True, kw_only=True):
    """An override for which a second person was asked.

    kind, thing_id, code, name: what it is of; lab_name and project_code: blank for what belongs to the facility;
    before and to: in which state that was and is to go, for a flow cell what is to be done, for a lot `used`; missing,
    messages: codes and sentences of what it passes over; state: `waiting`; `confirmed` or `refused` by settled_by;
    `expired` when nobody confirmed it until expires_at; `overtaken` when the thing went on otherwise, or it was asked
    for anew; note: what the second person said.
    """

    id: UUID
    kind: OverrideKind
    thing_id: UUID
    code: str
    name: str
    lab_name: str
    project_code: str
    before: str
    to: str
    reason: str
    missing: list[str]
    messages: list[str]
    asked_by: str
    asked_by_id: str
    asked_at: datetime
    expires_at: datetime
    state: OverrideState
    settled_by: str
    settled_at: datetime | None
    note: str
    version: int
