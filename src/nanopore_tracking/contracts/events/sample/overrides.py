"""What the sample service announces of overrides that wait for a second person; the subject is what each is of."""

from datetime import datetime
from uuid import UUID

from nanopore_tracking.kernel.events import Event


class OverrideEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of an override.

    kind, thing_id, code: of what; before and to: where that was and is to go; missing: codes of the requirements that
    it passes over; asked_by and reason: of the one who asked.
    """

    override_id: UUID
    kind: str
    thing_id: UUID
    code: str
    before: str
    to: str
    reason: str
    missing: list[str]
    asked_by: str


class OverrideAsked(OverrideEvent, frozen=True, kw_only=True):
    """An override waits for a second person."""

    type = "override.asked"

    expires_at: datetime


class OverrideSettled(OverrideEvent, frozen=True, kw_only=True):
    """An override that waited was confirmed or refused by a second person, or not in time; note: what they said."""

    type = "override.settled"

    state: str
    note: str
