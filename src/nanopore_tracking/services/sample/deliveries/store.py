"""Deliveries in the database."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.deliveries import Difference, NewAssignment
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.deliveries import model
from nanopore_tracking.services.sample.deliveries.model import Delivery, File
from nanopore_tracking.services.sample.records.model import Handover

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
MISSING = "There is no such delivery, or none that you may see."


async def list_deliveries(db: Reads, scope: Scope, **asked: Any) -> Page:
    """Return one page of deliveries; asked: filters, sort, after, limit."""
    found: Page = await Q.deliveries.page(db, scope=scope, **asked)
    return found


async def list_files(db: Reads, scope: Scope, delivery_id: UUID, **asked: Any) -> Page:
    """Return one page of the files of a delivery; asked: sort, after, limit."""
    found: Page = await Q.files.page(db, scope=scope, delivery_id=delivery_id, **asked)
    return found


async def list_verifications(db: Reads, scope: Scope, delivery_id: UUID, **asked: Any) -> Page:
    """Return one page of what was found at the destination; asked: filters, sort, after, limit."""
    found: Page = await Q.verifications.page(db, scope=scope, delivery_id=delivery_id, **asked)
    return found


async def show_delivery(db: Reads, scope: Scope, delivery_id: UUID) -> tuple[str, int]:
    """Return a delivery as JSON text and its version; NotFound."""
    row = await db.row(Q.show_delivery, delivery_id=delivery_id, scope=scope)
    if row is None:
        raise errors.NotFound(MISSING)
    return row["item"], row["version"]


async def find_delivery(db: Reads, scope: Scope, said: str) -> UUID:
    """Return the id of a delivery that is named by its id, which is not looked up, or by its code; NotFound."""
    try:
        return UUID(said)
    except ValueError:
        found: UUID | None = await db.value(Q.find_delivery, code=said.upper(), scope=scope)
    if found is None:
        raise errors.NotFound(MISSING)
    return found


async def handover_undone(db: Reads, delivery_id: UUID) -> bool:
    """Return whether the handover of a delivery was undone, or will be."""
    return bool(await db.value(Q.handover_undone, delivery_id=delivery_id))


async def lock_delivery(tx: Transaction, delivery_id: UUID) -> Delivery:
    """Return a delivery in the caller's scope, locked; NotFound."""
    await tx.rows(Q.lock_delivery, delivery_id=delivery_id, scope=tx.call.scope)
    row = await tx.row(Q.read_delivery, delivery_id=delivery_id, scope=tx.call.scope)
    if row is None:
        raise errors.NotFound(f"{MISSING} Nothing was changed.")
    return Delivery(**{**row, "samples": msgspec.json.decode(row["samples"] or "{}")})


async def next_code(tx: Transaction) -> str:
    """Return the code of the next delivery of this year (UTC); none is left out, whatever fails."""
    year = tx.call.at.year
    return model.code(year, await tx.value(Q.next_number, year=year))


async def wanted_samples(tx: Transaction, codes: Sequence[str]) -> list[Record]:
    """Return the samples of the caller's scope with these codes: id, code, alias and what they belong to."""
    return await tx.rows(Q.wanted_samples, codes=list(codes), scope=tx.call.scope)


async def samples_of(tx: Transaction, delivery_id: UUID) -> list[Record]:
    """Return the samples of a delivery: id, code, alias and what they belong to."""
    return await tx.rows(Q.samples_of, delivery_id=delivery_id)


async def insert_delivery(tx: Transaction, values: dict[str, Any], samples: Sequence[Record]) -> UUID:
    """Store a new delivery of these samples; returns its id."""
    delivery_id, first = uuid7(), samples[0]
    submissions = {sample["submission_id"] for sample in samples}
    await tx.execute(
        Q.insert_delivery,
        delivery_id=delivery_id,
        lab_id=first["lab_id"],
        project_id=first["project_id"],
        submission_id=first["submission_id"] if len(submissions) == 1 else None,
        created_by=tx.call.by,
        at=tx.call.at,
        **values,
    )
    await tx.execute(Q.insert_items, delivery_id=delivery_id, sample_ids=[sample["id"] for sample in samples])
    return delivery_id


async def update_delivery(tx: Transaction, delivery_id: UUID, values: dict[str, Any]) -> None:
    """Store how and where to."""
    await tx.execute(Q.update_delivery, delivery_id=delivery_id, at=tx.call.at, **values)


async def store_manifest(tx: Transaction, delivery_id: UUID, files: Sequence[File]) -> None:
    """Store other files instead of those that there were, and the sum of the list."""
    await tx.execute(Q.remove_files, delivery_id=delivery_id)
    await tx.execute(
        Q.insert_files,
        delivery_id=delivery_id,
        paths=[file.path for file in files],
        sizes=[file.size_bytes for file in files],
        sums=[file.sha256 for file in files],
        samples=[file.sample for file in files],
        unassigned=[file.unassigned for file in files],
    )
    await tx.execute(
        Q.store_manifest,
        delivery_id=delivery_id,
        manifest_sha256=model.manifest_sha256(files),
        file_count=len(files),
        size_bytes=sum(file.size_bytes or 0 for file in files),
        at=tx.call.at,
    )


async def assign(tx: Transaction, delivery_id: UUID, asked: NewAssignment, *, sample: str | None) -> int:
    """Store whose data files are, None for all; return how many there were."""
    said = {"paths": list(asked.paths), "folder": asked.folder, "sample": sample}
    rows = await tx.rows(Q.assign_files, delivery_id=delivery_id, **said)
    await tx.execute(Q.touch_delivery, delivery_id=delivery_id, at=tx.call.at)
    return len(rows)


async def manifest(db: Reads, delivery_id: UUID) -> list[File]:
    """Return all files of a delivery."""
    return [File(**row) for row in await db.rows(Q.manifest, delivery_id=delivery_id)]


async def store_verification(
    tx: Transaction, delivery: Delivery, *, place: str, file_count: int, differences: Sequence[Difference], state: str
) -> UUID:
    """Store what was found at the destination, and the state that follows; returns its id."""
    verification_id, whole = uuid7(), not differences
    await tx.execute(
        Q.insert_verification,
        verification_id=verification_id,
        delivery_id=delivery.id,
        manifest_sha256=delivery.manifest_sha256,
        place=place,
        file_count=file_count,
        whole=whole,
        differences=msgspec.json.encode(differences[: model.MOST_TOLD]).decode(),
        difference_count=len(differences),
        verified_by=tx.call.by,
        at=tx.call.at,
    )
    await tx.execute(Q.store_verified, delivery_id=delivery.id, whole=whole, state=state, at=tx.call.at)
    return verification_id


async def move(tx: Transaction, delivery_id: UUID, state: str, *, reason: str) -> None:
    """Store another state and why."""
    await tx.execute(Q.move_delivery, delivery_id=delivery_id, state=state, reason=reason, at=tx.call.at)


async def release(tx: Transaction, delivery_id: UUID, link_expires_at: datetime) -> None:
    """Store who released a delivery, and until when its link is accepted."""
    values = {"released_by": tx.call.by, "link_expires_at": link_expires_at, "at": tx.call.at}
    await tx.execute(Q.release_delivery, delivery_id=delivery_id, **values)


async def receive(tx: Transaction, delivery_id: UUID, received_by: str) -> None:
    """Store who confirmed the receipt."""
    await tx.execute(Q.receive_delivery, delivery_id=delivery_id, received_by=received_by, at=tx.call.at)


async def over(db: Reads, at: datetime) -> list[UUID]:
    """Return the released deliveries whose link has ended."""
    return [row["id"] for row in await db.rows(Q.over, at=at)]


async def released_of(db: Reads, submission_id: UUID, code: str) -> UUID | None:
    """Return the delivery of a submission that was released, or None."""
    found: UUID | None = await db.value(Q.released_of_submission, submission_id=submission_id, code=code)
    return found


async def handovers(db: Reads, sample_ids: Sequence[UUID]) -> dict[UUID, Handover]:
    """Return the delivery that the gates of each sample are judged by, of those with one that counts."""
    found = {}
    for row in await db.rows(Q.handovers, sample_ids=list(sample_ids)):
        values = dict(row)
        sample_id = values.pop("sample_id")
        found[sample_id] = Handover(**values)
    return found


async def supersede(tx: Transaction, sample_ids: Sequence[UUID]) -> None:
    """Store that the work on samples went back, so that their deliveries open no gate any more."""
    await tx.execute(Q.supersede, sample_ids=list(sample_ids), at=tx.call.at)
