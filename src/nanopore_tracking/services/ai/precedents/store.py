"""Decisions on earlier readings in the database, and what became of them here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.extractions.model import Claimed
from nanopore_tracking.services.ai.precedents.model import Cell, Compared, Held, Said, Told
from nanopore_tracking.services.ai.readings.model import Box, Value

Q = sql.load(Path(__file__).with_name("queries.sql"))

_box = msgspec.json.Decoder(Box | None)
_value = msgspec.json.Decoder(Value)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A decision without a value here that nobody has looked at."""

    id: UUID
    row_number: int | None
    field: str
    action: str
    read_raw: str
    became_raw: str


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def earlier(tx: Transaction, claimed: Claimed) -> tuple[list[Said], list[Cell]]:
    """Return what people decided on the last reading of the same document, and all that it read."""
    before: UUID | None = await tx.value(Q.earlier_reading, document_id=claimed.document_id, extraction_id=claimed.id)
    if before is None:
        return [], []
    said = [_said(row) for row in await tx.rows(Q.said_of, extraction_id=before)]
    if not said:
        return [], []
    return said, [_cell(row) for row in await tx.rows(Q.cells_of, extraction_id=before)]


def _cell(row: Any) -> Cell:
    return Cell(
        row_number=row["row_number"],
        in_table=row["in_table"],
        field=row["field"],
        raw=row["raw"],
        page=row["page"],
        box=_box.decode(row["box"]),
        place=row["place"],
    )


def _said(row: Any) -> Said:
    return Said(
        cell=_cell(row),
        action=row["action"],
        became=row["became"],
        value=_value.decode(row["value"]),
        by=row["by"],
        at=row["at"],
    )


async def keep(tx: Transaction, extraction_id: UUID, found: Compared) -> None:
    """Store what holds here and what a person has to look at."""
    for held in found.held:
        await (_hold_value if held.field else _hold_row)(tx, extraction_id, held)
    for told in found.told:
        await _tell(tx, extraction_id, told)


async def _hold_row(tx: Transaction, extraction_id: UUID, held: Held) -> None:
    said = held.said
    await tx.execute(Q.hold_row, extraction_id=extraction_id, row_number=held.row_number, by=said.by, at=said.at)


async def _hold_value(tx: Transaction, extraction_id: UUID, held: Held) -> None:
    said, corrected = held.said, held.said.action == "correct"
    row = await tx.row(
        Q.hold_value,
        extraction_id=extraction_id,
        field=held.field,
        row_number=held.row_number,
        decided="corrected" if corrected else "confirmed",
        raw=said.became if corrected else None,
        value=_json(said.value) if corrected else None,
        by=said.by,
        at=said.at,
    )
    assert row is not None
    await tx.execute(
        Q.insert_decision,
        id=uuid7(),
        value_id=row["id"],
        extraction_id=extraction_id,
        action=said.action,
        raw=row["raw"],
        became=said.became,
        method=row["method"],
        confidence=row["confidence"],
        by=said.by,
        at=said.at,
    )


async def _tell(tx: Transaction, extraction_id: UUID, told: Told) -> None:
    said, cell = told.said, told.said.cell
    await tx.execute(
        Q.tell,
        id=uuid7(),
        extraction_id=extraction_id,
        there=told.there,
        row_number=told.row_number,
        in_table=cell.in_table,
        field=cell.field,
        action=said.action,
        read_raw=cell.raw,
        became=said.became,
        value=_json(said.value),
        page=cell.page,
        box=_json(cell.box),
        place=cell.place,
        by=said.by,
        at=said.at,
    )


async def waiting(tx: Transaction, extraction_id: UUID) -> int:
    """Return how many decisions without a value here nobody has looked at."""
    return int(await tx.value(Q.waiting, extraction_id=extraction_id))


async def find(tx: Transaction, extraction_id: UUID, precedent_id: UUID) -> Waiting:
    """Return one of them; NotFound."""
    row = await tx.row(Q.find_waiting, extraction_id=extraction_id, precedent_id=precedent_id)
    if row is None:
        raise errors.NotFound("There is no such earlier decision that waits for somebody. Nothing was changed.")
    return Waiting(**row)


async def settle(tx: Transaction, precedent_id: UUID) -> None:
    """Store that the caller looked at one."""
    await tx.execute(Q.settle, precedent_id=precedent_id, by=tx.call.actor.name, at=tx.call.at)
