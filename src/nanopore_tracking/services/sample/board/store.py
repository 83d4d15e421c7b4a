"""Views over all samples, built by the database."""

import time
from datetime import datetime
from pathlib import Path
from uuid import UUID
from weakref import WeakKeyDictionary

from nanopore_tracking.contracts.api.sample.samples import Stage
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.postgres import Database, Reads
from nanopore_tracking.services.sample.board import model
from nanopore_tracking.services.sample.board.model import Ended, Figures, Queue, Shown, Yield

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None

#: A summary of so many samples is kept for so long.
MANY = 100_000
KEPT_S = 10.0
_LABS_KEPT = 1000
_Kept = dict[tuple[UUID, ...] | None, tuple[float, str]]
#: database → labs → until when it is kept, and the summary.
_summaries: WeakKeyDictionary[Database, _Kept] = WeakKeyDictionary()


async def show_board(db: Database, shown: Shown) -> str:
    """Return the board as JSON text."""
    asked = {"stages": list(model.BOARD), "cards": model.CARDS, "status": shown.status, "priority": shown.priority}
    found: str
    if shown.labs is None and shown.project_id is None and shown.assignee is None:
        found = await db.value(Q.board, most=model.COUNTED, **asked)
    else:
        of = {"labs": shown.labs, "project_id": shown.project_id, "assignee": shown.assignee}
        found = await db.value(Q.board_of, **asked, **of)
    return found


async def show_summary(db: Database, labs: Scope, stages: tuple[Stage, ...]) -> str:
    """Return the counts as JSON text; those of very many samples may be some seconds old."""
    summaries, key = _summaries.setdefault(db, {}), None if labs is None else tuple(labs)
    until_s, kept = summaries.get(key, (0.0, ""))
    if until_s > time.monotonic():
        return kept
    row = await db.row(Q.summary, labs=labs, stages=list(stages))
    found: str = row["item"] if row else ""
    if row and row["total"] >= MANY:
        if len(summaries) >= _LABS_KEPT:
            summaries.clear()
        summaries[key] = (time.monotonic() + KEPT_S, found)
    return found


async def look_up(db: Database, scope: Scope, said: str) -> str:
    """Return what a code belongs to as JSON text; NotFound."""
    found: str | None = await db.value(Q.lookup, said=said.strip(), scope=scope)
    if found is None:
        raise errors.NotFound("No sample, tube or submission that you may see has this code.")
    return found


async def figures(db: Reads, now: datetime) -> Figures:
    """Return the laboratory in numbers."""
    since = now - model.RECENT
    queues = await db.rows(Q.queues)
    waiting = await db.rows(Q.open_submissions)
    ended = await db.rows(Q.ends, since=since)
    read = await db.row(Q.yields, since=since)
    return Figures(
        queues={(row["stage"], row["status"]): Queue(samples=row["samples"], oldest=row["oldest"]) for row in queues},
        submissions={row["status"]: row["submissions"] for row in waiting},
        ended={row["outcome"]: Ended(samples=row["samples"], took_s=_times(row["took_s"])) for row in ended},
        read=Yield(**read) if read else Yield(),
    )


def _times(found: list[float] | None) -> tuple[float, float] | None:
    return (found[0], found[1]) if found else None
