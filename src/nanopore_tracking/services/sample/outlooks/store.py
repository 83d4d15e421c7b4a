"""How long stages took until the delivery, and who waits where, in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.services.sample.outlooks.model import STAGES, Move, Pace, Waiting

Q = sql.load(Path(__file__).with_name("queries.sql"))

#: How far back is looked, and how many entries of stages at the most: those of some 10,000 samples.
_PAST = timedelta(days=365)
_MOST_MOVES = 100_000
_WORDS = {"on_hold": "it is on hold", "done": "it is done", "failed": "it has failed", "cancelled": "it is cancelled"}


async def moves(db: Reads, now: datetime) -> list[Move]:
    """Return the latest entries of stages, in the order of time."""
    rows = await db.rows(Q.moves, since=now - _PAST, most=_MOST_MOVES)
    return [Move(row["sample"], row["service"], row["stage"], row["at"]) for row in rows]


async def keep(db: Reads, place: tuple[str, str], made: Pace, *, count: int, at: datetime) -> None:
    """Store how long it took from a stage on. place: service and stage; count: of samples."""
    service_type, stage = place
    found = msgspec.json.encode(made).decode()
    await db.value(Q.keep_pace, service_type=service_type, stage=stage, sample_count=count, found=found, at=at)


async def paces(db: Reads, services: Sequence[str]) -> Mapping[tuple[str, str], tuple[Pace, datetime]]:
    """Return how long it took from each stage of some services on, and when that was looked at."""
    return {
        (row["service_type"], row["stage"]): (msgspec.json.decode(row["found"], type=Pace), row["made_at"])
        for row in await db.rows(Q.paces, services=list(services))
    }


async def waiting(db: Reads, sample_id: UUID) -> Waiting:
    """Return where a sample stands; NotFound."""
    row = await db.row(Q.waiting_sample, sample_id=sample_id, stages=list(STAGES))
    if row is None:
        raise errors.NotFound("There is no such sample, or none that you may see.")
    values = dict(row)
    status, paused = values.pop("status"), values.pop("clock_paused")
    standing = _WORDS.get(status) or ("its clock stands still" if paused else "")
    return Waiting(standing=standing, **values)


async def waiting_of(db: Reads, submission_id: UUID) -> list[tuple[Waiting, int]]:
    """Return where the open samples of a submission stand, and how many are in each place."""
    rows = await db.rows(Q.waiting_of_submission, submission_id=submission_id, stages=list(STAGES))
    found = []
    for row in rows:
        values = dict(row)
        found.append((values.pop("samples"), values))
    return [(Waiting(**values), samples) for samples, values in found]
