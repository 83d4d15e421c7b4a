"""Measurements in the database: they are added, and declared invalid, never changed."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.measurements import Quantity
from nanopore_tracking.contracts.events.sample.samples import MeasurementState
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.measurements.model import Part, Reading, Stored

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_measurements(db: Reads, scope: Scope, sample_id: UUID, **asked: Any) -> Page:
    """Return one page of the measurements of a sample; asked: filters, sort, after, limit."""
    found: Page = await Q.measurements.page(db, scope=scope, sample_id=sample_id, **asked)
    return found


async def show_measurement(tx: Transaction, sample_id: UUID, measurement_id: UUID) -> str:
    """Return one measurement as JSON text; NotFound."""
    found = await list_measurements(tx, tx.call.scope, sample_id, filters={"id": measurement_id}, limit=1)
    if not found.items:
        raise errors.NotFound("There is no such measurement of this sample.")
    return found.items[0]


async def list_of_part(db: Reads, part: Part, **asked: Any) -> Page:
    """Return one page of the measurements of a library or a pool; asked: filters, sort, after, limit."""
    found: Page = await Q.measurements_of_part.page(db, subject=part.subject, code=part.code, **asked)
    return found


async def show_of_part(tx: Transaction, part: Part, measurement_id: UUID) -> str:
    """Return one measurement of a library or a pool as JSON text; NotFound."""
    found = await list_of_part(tx, part, filters={"id": measurement_id}, limit=1)
    if not found.items:
        raise errors.NotFound(f"There is no such measurement of this {part.subject}.")
    return found.items[0]


async def find_of_part(db: Reads, part: Part, measurement_id: UUID) -> Stored | None:
    """Return one measurement of a library or a pool."""
    row = await db.row(Q.find_of_part, subject=part.subject, code=part.code, measurement_id=measurement_id)
    return Stored(**row) if row else None


async def accepted_of_part(db: Reads, part: Part) -> dict[Quantity, tuple[float, datetime]]:
    """Return what counts of each quantity of a library or a pool, and when it was recorded."""
    rows = await db.rows(Q.accepted_of_part, subject=part.subject, code=part.code)
    return {row["quantity"]: (row["value"], row["recorded_at"]) for row in rows}


async def find_measurement(db: Reads, sample_id: UUID, measurement_id: UUID) -> Stored | None:
    """Return one measurement of a sample."""
    row = await db.row(Q.find_measurement, sample_id=sample_id, measurement_id=measurement_id)
    return Stored(**row) if row else None


async def accepted(db: Reads, sample_id: UUID) -> list[Reading]:
    """Return the measurement that counts of each quantity of the sample itself."""
    return (await accepted_of(db, [sample_id]))[sample_id]


async def accepted_of(db: Reads, sample_ids: Sequence[UUID]) -> dict[UUID, list[Reading]]:
    """Return the same for each of these samples."""
    found: dict[UUID, list[Reading]] = {sample_id: [] for sample_id in sample_ids}
    for row in await db.rows(Q.accepted, sample_ids=list(sample_ids)):
        values = dict(row)
        found[values.pop("sample_id")].append(Reading(**values))
    return found


async def concentration(db: Reads, sample_id: UUID, measurement_id: UUID | None) -> Stored | None:
    """Return a concentration of a sample: the named one, else the one that counts."""
    if measurement_id is None:
        found = (each.id for each in await accepted(db, sample_id)
            if (each.subject, each.quantity) == ("sample", "concentration"))  # fmt: skip
        measurement_id = next(found, None)
    return None if measurement_id is None else await find_measurement(db, sample_id, measurement_id)


async def sign(tx: Transaction, measurement_id: UUID, reason: str) -> None:
    """Store who signed that a measurement may be diluted by, and why."""
    await tx.execute(Q.sign, measurement_id=measurement_id, reason=reason, signed_by=tx.call.by, at=tx.call.at)


async def insert_measurement(tx: Transaction, sample_id: UUID | None, said: MeasurementState, *, counts: bool) -> None:
    """Store a new measurement; Violation when what it replaces is replaced already."""
    await tx.execute(
        Q.insert_measurement,
        sample_id=sample_id,
        counts=counts,
        recorded_by=tx.call.by,
        at=tx.call.at,
        **msgspec.structs.asdict(said),
    )


async def invalidate(tx: Transaction, measurement_id: UUID, reason: str) -> None:
    """Store that a measurement does not count; Violation when that is stored already."""
    await tx.execute(
        Q.invalidate,
        measurement_id=measurement_id,
        reason=reason,
        invalid_by=tx.call.by,
        at=tx.call.at,
    )
