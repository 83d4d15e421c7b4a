"""Containers in the database; nobody else writes their table."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.containers import SubjectKind
from nanopore_tracking.kernel import errors, postgres, sql
from nanopore_tracking.kernel.ids import parsed, uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.containers import model
from nanopore_tracking.services.sample.containers.model import Container, Scanned
from nanopore_tracking.services.sample.locations.model import Spot
from nanopore_tracking.services.sample.samples.model import Sample

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
MISSING = "There is no such container, or none that you may see."
_SPOT = ("location_id", "row_number", "column_number", "text")


async def list_containers(db: Reads, scope: Scope, **asked: Any) -> Page:
    """Return one page of containers; asked: filters, sort, after, limit."""
    found: Page = await Q.containers.page(db, scope=scope, **asked)
    return found


async def show_container(db: Reads, scope: Scope, container_id: UUID) -> str:
    """Return one container as JSON text; NotFound."""
    found = await list_containers(db, scope, filters={"id": container_id}, limit=1)
    if not found.items:
        raise errors.NotFound(MISSING)
    return found.items[0]


async def find_container(db: Reads, scope: Scope, said: str) -> UUID:
    """Return the id of a container that is named by its id or its barcode; NotFound."""
    container_id = parsed(said)
    barcode = "" if container_id else said
    found: UUID | None = await db.value(Q.find_container, container_id=container_id, barcode=barcode, scope=scope)
    if found is None:
        raise errors.NotFound(MISSING)
    return found


async def find_subject(db: Reads, kind: SubjectKind, code: str) -> tuple[str, UUID | None]:
    """Return the code of an aliquot, a library or a pool as it is kept, and whose it is; NotFound."""
    row = await db.row(Q.find_subject, kind=kind, code=code)
    if row is None:
        raise errors.NotFound(f"There is no {kind} {code}. Nothing was changed.")
    return row["code"], row["lab_id"]


async def scan(db: Reads, codes: Iterable[str]) -> dict[str, Scanned]:
    """Return what each scanned code is."""
    rows = await db.rows(Q.scan, codes=list(codes))
    return {row["said"]: Scanned(container_id=row["container_id"], sample_id=row["sample_id"]) for row in rows}


async def lock_container(tx: Transaction, container_id: UUID) -> Container:
    """Return a container, locked; NotFound."""
    found = await lock_containers(tx, [container_id])
    if not found:
        raise errors.NotFound(MISSING)
    return found[0]


async def lock_containers(tx: Transaction, container_ids: Sequence[UUID]) -> list[Container]:
    """Return containers, locked."""
    return await _lock(tx, container_ids=list(container_ids), sample_ids=[])


async def _lock(tx: Transaction, **which: list[UUID]) -> list[Container]:
    await tx.rows(Q.lock_containers, **which)
    return [_container(row) for row in await tx.rows(Q.read_containers, **which)]


async def tubes(tx: Transaction, samples: Sequence[Sample]) -> dict[UUID, Container]:
    """Return the tubes of samples that are locked, by the sample's id; one that was never seen is registered.

    Conflict where its barcode is taken.
    """
    found = await tubes_or_refusals(tx, samples)
    for one in found.values():
        if isinstance(one, errors.Problem):
            raise one
    return {sample_id: one for sample_id, one in found.items() if isinstance(one, Container)}


async def tubes_or_refusals(tx: Transaction, samples: Sequence[Sample]) -> dict[UUID, Container | errors.Conflict]:
    """Return the same of each sample by itself: its tube, or that another container has its barcode."""
    there = await _lock(tx, container_ids=[], sample_ids=[sample.id for sample in samples])
    found: dict[UUID, Container | errors.Conflict] = {one.sample_id: one for one in there if one.sample_id}
    new = [_tube(sample) for sample in samples if sample.id not in found]
    if new:
        made = {row["id"] for row in await _insert_tubes(tx, new)}
        found |= {one.sample_id: one if one.id in made else model.taken(one.barcode) for one in new if one.sample_id}
    return found


async def _insert_tubes(tx: Transaction, new: Sequence[Container]) -> Sequence[Record]:
    return await tx.rows(
        Q.insert_tubes,
        ids=[one.id for one in new],
        barcodes=[one.barcode for one in new],
        subject_codes=[one.subject_code for one in new],
        sample_ids=[one.sample_id for one in new],
        lab_ids=[one.lab_id for one in new],
        at=tx.call.at,
    )


async def foreseen_tubes(db: Reads, samples: Sequence[Sample]) -> dict[UUID, Container]:
    """Return the tubes of samples as they are, by the sample's id; one that was never seen as it would be."""
    rows = await db.rows(Q.read_containers, container_ids=[], sample_ids=[sample.id for sample in samples])
    found = {row["sample_id"]: _container(row) for row in rows}
    return {sample.id: found.get(sample.id) or _tube(sample) for sample in samples}


async def tube(tx: Transaction, sample: Sample) -> Container:
    """Return the tube of a sample that is locked."""
    return (await tubes(tx, [sample]))[sample.id]


def _tube(sample: Sample) -> Container:
    return Container(
        id=uuid7(),
        barcode=sample.container_barcode or sample.code,
        kind="tube",
        subject_kind="sample",
        subject_code=sample.code,
        sample_id=sample.id,
        lab_id=sample.lab_id,
        volume_ul=None,
    )


async def insert_container(tx: Transaction, new: Container) -> Container:
    """Store a new container and return it; Conflict where its barcode is taken."""
    names = ("id", "barcode", "kind", "subject_kind", "subject_code", "sample_id", "lab_id", "volume_ul")
    try:
        await tx.execute(Q.insert_container, at=tx.call.at, **{name: getattr(new, name) for name in names})
    except postgres.Violation as violation:
        if violation.constraint != "container_barcode":
            raise
        raise model.taken(new.barcode) from None
    return new


async def put(tx: Transaction, containers: Sequence[Container]) -> None:
    """Store where containers are now; Conflict where another one took the position in the same moment."""
    spots = [container.spot for container in containers]
    if len(containers) > 1:
        await tx.execute(Q.lift_containers, ids=[container.id for container in containers])
    try:
        await tx.execute(
            Q.put_containers,
            ids=[container.id for container in containers],
            statuses=[container.status for container in containers],
            location_ids=[spot.location_id for spot in spots],
            row_numbers=[spot.row_number for spot in spots],
            column_numbers=[spot.column_number for spot in spots],
            places=[spot.described for spot in spots],
            event_counts=[container.event_count for container in containers],
            hashes=[container.last_hash for container in containers],
            at=tx.call.at,
        )
    except postgres.Violation as violation:
        if violation.constraint not in ("container_position", "container_place_open"):
            raise
        message = "Somebody put another tube there, or closed the place, in this moment. Nothing was recorded."
        raise errors.Conflict(f"{message} Look at the box and scan again.", type="occupied") from None


async def occupants(db: Reads, location_id: UUID) -> dict[tuple[int, int], tuple[UUID, str]]:
    """Return what stands at the positions of a box: container and name, by row and column."""
    rows = await db.rows(Q.occupants, location_id=location_id)
    return {(row["row_number"], row["column_number"]): (row["id"], row["name"]) for row in rows}


async def state_of(db: Reads, container_id: UUID) -> Record:
    """Return what the table says of a container; NotFound."""
    row = await db.row(Q.state_of, container_id=container_id)
    if row is None:
        raise errors.NotFound(MISSING)
    return row


def _container(row: Record) -> Container:
    values = dict(row)
    spot = Spot(**{name: values.pop(name) for name in _SPOT})
    return Container(spot=spot, **values)
