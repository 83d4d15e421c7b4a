"""What an instrument is, how its positions are named, and when one can be used."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.instruments import Device, InstrumentState, PositionState
from nanopore_tracking.contracts.events.sample.inventory import InstrumentPositionState
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject

#: What people may change of an instrument.
CHANGEABLE = ("name", "serial", "host", "api_port", "note", "state")
_SERIAL = "{serial}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A kind of instrument; positions: patterns of names."""

    code: str
    positions: Sequence[str]
    takes: Sequence[Device]


@dataclass(frozen=True, kw_only=True, slots=True)
class Instrument:
    """An instrument as it is stored."""

    id: UUID
    name: str
    kind: str
    serial: str
    host: str
    api_port: int | None
    note: str
    state: InstrumentState
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """A position with what is needed of its instrument."""

    id: UUID
    name: str
    state: PositionState
    instrument_id: UUID
    instrument: str
    instrument_state: InstrumentState
    takes: Sequence[Device]


def position_names(kind: Kind, serial: str) -> list[str]:
    """Return the names of a new instrument's positions; Invalid where they need a serial number that is missing."""
    if not serial and any(_SERIAL in name for name in kind.positions):
        message = "Its positions are named after the serial number, which is missing."
        raise errors.Invalid(
            f"{message} Nothing was changed.", fields=[errors.FieldError("serial", "Say the serial number.")]
        )
    return [name.replace(_SERIAL, serial) for name in kind.positions]


def facts(instrument: Instrument, positions: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return what the event about an instrument says; positions: name and state of each."""
    said = {name: getattr(instrument, name) for name in ("kind", *CHANGEABLE)}
    told = [InstrumentPositionState(name=name, state=state) for name, state in positions]
    return {"instrument_id": instrument.id, "positions": told} | said


def subject(instrument: Instrument) -> Subject:
    """Return how events name an instrument."""
    return Subject("instrument", str(instrument.id), instrument.name)


def out_of_use(position: Position) -> str:
    """Return why nothing can run at a position; empty where it can be used."""
    if position.instrument_state != "in_service":
        return f"{position.instrument} is {position.instrument_state.replace('_', ' ')}"
    if position.state != "ready":
        return f"the position {position.name} of {position.instrument} is out of order"
    return ""
