"""What the sample service announces of reagents and instruments; they belong to the facility, not to a lab."""

from datetime import date
from uuid import UUID

import msgspec

from nanopore_tracking.kernel.events import Event


class KitLotEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of a lot of reagents: its state after the change."""

    kit_lot_id: UUID
    kit_code: str
    lot: str
    category: str
    received_on: date
    expires_on: date
    opened_on: date | None
    reactions_total: int
    reactions_used: int
    location: str
    note: str
    state: str


class KitLotChanged(KitLotEvent, frozen=True, kw_only=True):
    """A lot was received, or what is known of it was changed."""

    type = "kit_lot.changed"


class KitLotUsed(KitLotEvent, frozen=True, kw_only=True):
    """Reactions of a lot were used; used_for: the code of what for; override_reason: why, where it had expired.

    asked_by: who asked for that, where whoever did it confirmed it as the second person.
    """

    type = "kit_lot.used"

    kind: str
    used_for: str
    reactions: int
    override_reason: str
    asked_by: str = ""


class KitLotReturned(KitLotEvent, frozen=True, kw_only=True):
    """Reactions that were taken for a library were given back: it was not prepared after all; used_for: its code."""

    type = "kit_lot.returned"

    used_for: str
    reactions: int
    reason: str


class InstrumentPositionState(msgspec.Struct, frozen=True, kw_only=True):
    """One position of an instrument."""

    name: str
    state: str


class InstrumentChanged(Event, frozen=True, kw_only=True):
    """An instrument was added or changed, with all its positions."""

    type = "instrument.changed"

    instrument_id: UUID
    name: str
    kind: str
    serial: str
    host: str
    api_port: int | None
    state: str
    note: str
    positions: list[InstrumentPositionState]
