"""Instruments, their kinds and positions in the database."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.instruments.model import Instrument, Kind, Position

Q = sql.load(Path(__file__).with_name("queries.sql"))

MISSING = "There is no such instrument."


async def list_kinds(db: Reads, **asked: Any) -> Page:
    """Return one page of kinds; asked: filters, sort, after, limit."""
    found: Page = await Q.kinds.page(db, **asked)
    return found


async def find_kind(db: Reads, code: str) -> Kind | None:
    """Return a kind by its code."""
    row = await db.row(Q.find_kind, code=code)
    return Kind(**row) if row else None


async def insert_kind(tx: Transaction, values: Mapping[str, Any]) -> str:
    """Store a new kind and return it as JSON text; Violation `instrument_kind_code` when its code is taken."""
    kind_id = uuid7()
    await tx.execute(Q.insert_kind, id=kind_id, **values)
    return (await list_kinds(tx, filters={"id": kind_id}, limit=1)).items[0]


async def list_instruments(db: Reads, **asked: Any) -> Page:
    """Return one page of instruments; asked: filters, sort, after, limit."""
    found: Page = await Q.instruments.page(db, **asked)
    return found


async def show_instrument(db: Reads, instrument_id: UUID) -> tuple[str, int]:
    """Return an instrument as JSON text, and its version; NotFound."""
    found = await list_instruments(db, filters={"id": instrument_id}, limit=1)
    if not found.items:
        raise errors.NotFound(MISSING)
    return found.items[0], msgspec.json.decode(found.items[0])["version"]


async def lock_instrument(tx: Transaction, instrument_id: UUID) -> Instrument:
    """Return an instrument that is about to be changed, locked; NotFound."""
    row = await tx.row(Q.lock_instrument, instrument_id=instrument_id)
    if row is None:
        raise errors.NotFound(f"{MISSING} Nothing was changed.")
    return Instrument(**row)


async def insert_instrument(tx: Transaction, instrument: Instrument, positions: Sequence[str]) -> None:
    """Store a new instrument with its positions; Violation `instrument_name` when its name is taken."""
    names = ("id", "name", "kind", "serial", "host", "api_port", "note")
    await tx.execute(Q.insert_instrument, at=tx.call.at, **{name: getattr(instrument, name) for name in names})
    await tx.execute(Q.insert_positions, instrument_id=instrument.id, names=list(positions))


async def update_instrument(tx: Transaction, instrument: Instrument) -> None:
    """Store the changed instrument."""
    names = ("name", "serial", "host", "api_port", "note", "state")
    values = {name: getattr(instrument, name) for name in names}
    await tx.execute(Q.update_instrument, instrument_id=instrument.id, at=tx.call.at, **values)


async def positions_of(db: Reads, instrument_id: UUID) -> list[Record]:
    """Return id, name and state of the positions of an instrument, in order."""
    return await db.rows(Q.positions_of, instrument_id=instrument_id)


async def update_position(tx: Transaction, position_id: UUID, *, state: str, note: str) -> None:
    """Store the changed position."""
    await tx.execute(Q.update_position, position_id=position_id, state=state, note=note)


async def read_position(db: Reads, position_id: UUID) -> Position | None:
    """Return a position with what is needed of its instrument."""
    row = await db.row(Q.read_position, position_id=position_id)
    return Position(**row) if row else None
