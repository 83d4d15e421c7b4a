"""Excursions and findings in the database."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.containers import NewExcursion
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.excursions.model import MOST, ExcursionFinding
from nanopore_tracking.services.sample.locations.model import Location

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_excursions(db: Reads, **asked: Any) -> Page:
    """Return one page of excursions; asked: filters, sort, after, limit."""
    found: Page = await Q.excursions.page(db, **asked)
    return found


async def show_excursion(db: Reads, excursion_id: UUID) -> str:
    """Return an excursion as JSON text; NotFound."""
    found = await list_excursions(db, filters={"id": excursion_id}, limit=1)
    if not found.items:
        raise errors.NotFound("There is no such excursion.")
    return found.items[0]


async def list_findings(db: Reads, scope: Scope, **asked: Any) -> Page:
    """Return one page of findings; asked: filters, sort, after, limit."""
    found: Page = await Q.findings.page(db, scope=scope, **asked)
    return found


async def reached(tx: Transaction, location: Location, asked: NewExcursion) -> list[Record]:
    """Return the containers that were in a place meanwhile, and the samples whose tubes they are."""
    return await tx.rows(
        Q.reached, location_id=location.id, from_at=asked.from_at, until_at=asked.until_at, most=MOST + 1
    )


async def of_contents(tx: Transaction, container_ids: Sequence[UUID]) -> set[UUID]:
    """Return the samples of which an aliquot, a library or a pool is in these containers."""
    return {row["sample_id"] for row in await tx.rows(Q.of_contents, container_ids=list(container_ids))}


async def insert_excursion(tx: Transaction, values: dict[str, Any], sample_ids: Sequence[UUID]) -> None:
    """Store an excursion and a finding for each sample."""
    await tx.execute(Q.insert_excursion, recorded_by=tx.call.by, at=tx.call.at, **values)
    await tx.execute(Q.insert_findings, excursion_id=values["id"], sample_ids=list(sample_ids), at=tx.call.at)


async def open_of(db: Reads, sample_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return what was too warm of each of these samples and is not judged yet, of those with any."""
    found: dict[UUID, list[str]] = defaultdict(list)
    for row in await db.rows(Q.open_of, sample_ids=list(sample_ids)):
        found[row["sample_id"]].append(
            f"{row['path']} reached {row['max_temperature_c']:g} °C until {row['until_at']:%Y-%m-%d %H:%M %Z}"
        )
    return found


async def lock_finding(tx: Transaction, finding_id: UUID) -> ExcursionFinding:
    """Return a finding, locked; NotFound."""
    row = await tx.row(Q.lock_finding, finding_id=finding_id, scope=tx.call.scope)
    if row is None:
        raise errors.NotFound("There is no such finding, or none that you may see.")
    return ExcursionFinding(**row)


async def judge(tx: Transaction, finding_id: UUID, values: dict[str, Any]) -> None:
    """Store what a person decided."""
    await tx.execute(Q.judge_finding, finding_id=finding_id, resolved_by=tx.call.by, at=tx.call.at, **values)
