"""Courses of acquisitions in the database."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.runfolders.readings import Reading
from nanopore_tracking.services.sample.traces.model import Trace

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def untraced(db: Reads, most: int) -> list[tuple[UUID, str, Reading]]:
    """Return some acquisitions whose course has to be made, with the hash and all of what was read of them."""
    rows = await db.rows(Q.untraced, most=most)
    return [(row["id"], row["content_hash"], msgspec.json.decode(row["reading"], type=Reading)) for row in rows]


async def keep(db: Reads, acquisition_id: UUID, made: Trace, *, content_hash: str, at: datetime) -> None:
    """Store the course of an acquisition."""
    await db.value(Q.keep_trace, acquisition_id=acquisition_id, content_hash=content_hash, at=at, **asdict(made))
