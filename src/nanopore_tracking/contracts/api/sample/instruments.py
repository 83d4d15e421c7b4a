"""Instruments and their positions: kinds are data, the shipped ones are those that the vendor sells now."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import Answer, Asked

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Device = Literal["Flongle", "MinION", "PromethION"]
InstrumentState = Literal["in_service", "in_maintenance", "retired"]
PositionState = Literal["ready", "out_of_order"]

KindCode = Annotated[str, Meta(min_length=2, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
#: `{serial}` stands for the serial number; MinKNOW names the position of a MinION so.
PositionPattern = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^(\{serial\})?[A-Za-z0-9-]*$")]
InstrumentName = Annotated[
    str, Meta(min_length=1, max_length=60, pattern=_ONE_LINE, description="What people call it; no other has it.")
]
Serial = Annotated[
    str, Meta(max_length=40, pattern=r"^[A-Za-z0-9-]*$", description="The serial number: MN12345, GXB12345.")
]
Host = Annotated[str, Meta(max_length=200, pattern=r"^[A-Za-z0-9.:-]*$", description="Where MinKNOW runs.")]
Port = Annotated[int, Meta(ge=1, le=65_535, description="The port of MinKNOW's manager.")]
InstrumentNote = Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Anything to know about it.")]


class NewInstrumentKind(Asked, frozen=True, kw_only=True):
    """Add a kind of instrument. positions: the names that MinKNOW gives them; takes: the flow cells that fit."""

    code: KindCode
    name: Annotated[str, Meta(min_length=1, max_length=100, pattern=_ONE_LINE)]
    positions: Annotated[list[PositionPattern], Meta(max_length=100)]
    takes: Annotated[list[Device], Meta(min_length=1, max_length=3)]


class InstrumentKind(Answer, frozen=True, kw_only=True):
    """A kind of instrument; shipped: it came with the product."""

    id: UUID
    code: str
    name: str
    positions: list[str]
    takes: list[Device]
    shipped: bool


class NewInstrument(Asked, frozen=True, kw_only=True):
    """Add an instrument with the positions of its kind."""

    name: InstrumentName
    kind: Annotated[KindCode, Meta(description="The code of a kind.")]
    serial: Serial = ""
    host: Host = ""
    api_port: Port | None = None
    note: InstrumentNote = ""


class InstrumentPatch(Asked, frozen=True, kw_only=True):
    """Change an instrument; what is left out stays."""

    name: InstrumentName | UnsetType = UNSET
    serial: Serial | UnsetType = UNSET
    host: Host | UnsetType = UNSET
    api_port: Port | UnsetType | None = UNSET
    note: InstrumentNote | UnsetType = UNSET
    state: Annotated[InstrumentState, Meta(description="Whether it can be used.")] | UnsetType = UNSET


class PositionPatch(Asked, frozen=True, kw_only=True):
    """Say whether a position can be used; the version is that of its instrument."""

    state: Annotated[PositionState, Meta(description="Whether it can be used.")]
    note: InstrumentNote = ""


class Position(Answer, frozen=True, kw_only=True):
    """A position as MinKNOW names it. run_code: the run that has reserved it or is on it."""

    id: UUID
    name: str
    state: PositionState
    note: str
    run_code: str | None


class Instrument(Answer, frozen=True, kw_only=True):
    """One instrument; takes: the flow cells that fit."""

    id: UUID
    name: str
    kind: str
    kind_name: str
    takes: list[Device]
    serial: str
    host: str
    api_port: int | None
    note: str
    state: InstrumentState
    positions: list[Position]
    created_at: datetime
    updated_at: datetime
    version: int
