"""Measurements in the database: they are added, and declared invalid, never changed."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.events.sample.samples import MeasurementState
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.measurements.model import Reading, Stored

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


async def find_measurement(db: Reads, sample_id: UUID, measurement_id: UUID) -> Stored | None:
    """Return one measurement of a sample."""
    row = await db.row(Q.find_measurement, sample_id=sample_id, measurement_id=measurement_id)
    return Stored(**row) if row else None


async def accepted(db: Reads, sample_id: UUID) -> list[Reading]:
    """Return the measurement that counts of each quantity of the sample, its libraries and its pools."""
    return [Reading(**row) for row in await db.rows(Q.accepted, sample_id=sample_id)]


async def insert_measurement(tx: Transaction, sample_id: UUID, said: MeasurementState, *, counts: bool) -> None:
    """Store a new measurement; Violation when what it replaces is replaced already."""
    await tx.execute(
        Q.insert_measurement,
        sample_id=sample_id,
        counts=counts,
        recorded_by=tx.call.actor.name,
        at=tx.call.at,
        **msgspec.structs.asdict(said),
    )


async def invalidate(tx: Transaction, measurement_id: UUID, reason: str) -> None:
    """Store that a measurement does not count; Violation when that is stored already."""
    await tx.execute(
        Q.invalidate,
        measurement_id=measurement_id,
        reason=reason,
        invalid_by=tx.call.actor.name,
        at=tx.call.at,
    )
