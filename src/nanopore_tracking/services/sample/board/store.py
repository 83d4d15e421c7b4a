"""Views over all samples, built by the database."""

import time
from pathlib import Path
from uuid import UUID
from weakref import WeakKeyDictionary

from nanopore_tracking.contracts.api.sample.samples import Stage
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.services.sample.board import model

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None

#: A summary of so many samples is kept for so long.
MANY = 100_000
KEPT_S = 10.0
_LABS_KEPT = 1000
_Kept = dict[tuple[UUID, ...] | None, tuple[float, str]]
#: database → labs → until when it is kept, and the summary.
_summaries: WeakKeyDictionary[Database, _Kept] = WeakKeyDictionary()


async def show_board(db: Database, labs: Scope, *, project_id: UUID | None, assignee: str | None) -> str:
    """Return the board as JSON text. labs: those whose samples are shown, None for all."""
    stages = list(model.BOARD)
    found: str
    if labs is None and project_id is None and assignee is None:
        found = await db.value(Q.board, stages=stages, most=model.COUNTED, cards=model.CARDS)
    else:
        found = await db.value(
            Q.board_of, stages=stages, labs=labs, project_id=project_id, assignee=assignee, cards=model.CARDS
        )
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
