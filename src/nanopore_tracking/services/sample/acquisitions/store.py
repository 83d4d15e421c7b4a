"""Acquisitions in the database, with all that was read of them last and how they stood before."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.acquisitions import Candidate, Standing
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.runfolders.readings import Reading, RunIds
from nanopore_tracking.services.sample.acquisitions.model import Acquisition, Planned

Q = sql.load(Path(__file__).with_name("queries.sql"))

MISSING = "There is no such run folder."


async def list_acquisitions(db: Reads, **asked: Any) -> Page:
    """Return one page of acquisitions; asked: filters, sort, after, limit."""
    found: Page = await Q.acquisitions.page(db, **asked)
    return found


async def show_acquisition(db: Reads, acquisition_id: UUID) -> tuple[str, int]:
    """Return an acquisition as JSON text, and its version; NotFound."""
    found = await list_acquisitions(db, filters={"id": acquisition_id}, limit=1)
    if not found.items:
        raise errors.NotFound(MISSING)
    return found.items[0], msgspec.json.decode(found.items[0])["version"]


async def list_readings(db: Reads, acquisition_id: UUID, **asked: Any) -> Page:
    """Return one page of how a folder stood; asked: filters, sort, after, limit."""
    found: Page = await Q.readings.page(db, acquisition_id=acquisition_id, **asked)
    return found


async def read_detail(db: Reads, acquisition_id: UUID) -> str:
    """Return all that was read last as JSON text; NotFound."""
    found: str | None = await db.value(Q.read_detail, acquisition_id=acquisition_id)
    if found is None:
        raise errors.NotFound(f"{MISSING} Or nothing was read of it yet.")
    return found


async def find(db: Reads, reader: str, reading: Reading) -> UUID | None:
    """Return the acquisition that a reading is of, by its ids and its folder."""
    found: UUID | None = await db.value(
        Q.find_acquisition,
        reader=reader,
        folder=reading.folder,
        protocol_run_id=reading.ids.protocol_run_id,
        acquisition_run_id=reading.acquisition_run_id,
    )
    return found


async def of_folder(db: Reads, reader: str, folder: str) -> list[UUID]:
    """Return all acquisitions that were read of a folder, the latest first."""
    return [row["id"] for row in await db.rows(Q.of_folder, reader=reader, folder=folder)]


async def lock(tx: Transaction, acquisition_id: UUID) -> Acquisition:
    """Return an acquisition that is about to be changed, locked; NotFound."""
    row = await tx.row(Q.lock_acquisition, acquisition_id=acquisition_id)
    if row is None:
        raise errors.NotFound(f"{MISSING} Nothing was changed.")
    return Acquisition(**row)


async def read_row(db: Reads, acquisition_id: UUID) -> Record:
    """Return what events say of an acquisition that is there."""
    row = await db.row(Q.read_row, acquisition_id=acquisition_id)
    if row is None:
        raise errors.NotFound(MISSING)
    return row


def content_hash(reader: str, reading: Reading) -> str:
    """Return the SHA-256 of all that was read."""
    return hashlib.sha256(msgspec.json.encode([reader, reading])).hexdigest()


async def save(tx: Transaction, acquisition_id: UUID | None, *, values: dict[str, Any], reading: Reading) -> UUID:
    """Store what was read, the first time or again, with its place in the history. values: the columns."""
    new_id = acquisition_id or uuid7()
    if reading.state == "vanished":
        told = {name: values[name] for name in ("state", "sentence", "content_hash")}
        await tx.execute(Q.set_vanished, id=new_id, at=tx.call.at, **told)
    else:
        query = Q.update_acquisition if acquisition_id else Q.insert_acquisition
        files = msgspec.json.encode(values["files"]).decode()
        await tx.execute(query, id=new_id, at=tx.call.at, **(values | {"files": files}))
        text = msgspec.json.encode(reading).decode()
        await tx.execute(Q.keep_detail, acquisition_id=new_id, reading=text)
    await tx.execute(
        Q.insert_reading,
        id=uuid7(),
        acquisition_id=new_id,
        state=values["state"],
        sentence=values["sentence"],
        problems=values.get("problems", []),
        reads=values.get("reads"),
        bases=values.get("bases"),
        content_hash=values["content_hash"],
        read_by=tx.call.by,
        at=tx.call.at,
    )
    return new_id


async def set_standing(
    tx: Transaction,
    acquisition_id: UUID,
    standing: Standing,
    *,
    run_id: UUID | None,
    by: str,
    reason: str,
    candidates: Sequence[Candidate],
    step: int,
) -> None:
    """Store which run it is, or may be. by: empty where a rule said so; step: 1 where the version goes on by it."""
    await tx.execute(
        Q.set_standing,
        id=acquisition_id,
        standing=standing,
        run_id=run_id,
        matched_by=by,
        match_reason=reason,
        candidates=msgspec.json.encode(list(candidates)).decode(),
        step=step,
        at=tx.call.at,
    )


async def planned_like(db: Reads, ids: RunIds) -> list[Planned]:
    """Return planned runs that have at least one of these ids."""
    asked = {name: getattr(ids, name) for name in ("protocol_run_id", "experiment_id", "sample_id", "flow_cell_id")}
    return [Planned(**row) for row in await db.rows(Q.planned_like, **asked)]


async def planned_one(db: Reads, run_id: UUID) -> Planned:
    """Return a planned run by what it can be known; NotFound."""
    row = await db.row(Q.planned_one, run_id=run_id)
    if row is None:
        raise errors.NotFound("There is no such run. Nothing was changed.")
    return Planned(**row)
