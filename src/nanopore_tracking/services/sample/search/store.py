"""Searching in the database: each kind of thing by its own statement, all at once."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from nanopore_tracking.contracts.api.sample.search import SearchAnswer, SearchGroup, SearchHit, SearchKind
from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.services.sample.search import model
from nanopore_tracking.services.sample.search.model import Wanted

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None

#: What is searched, in the order in which it is shown. A new kind of thing is one line here, one statement and its word
#: in SearchKind; a statement has any of said, first, last, words, scope and most, and gives id, code, name and where.
SOURCES: tuple[tuple[SearchKind, sql.Query], ...] = (
    ("sample", Q.in_samples),
    ("note", Q.in_notes),
    ("library", Q.in_libraries),
    ("pool", Q.in_pools),
    ("submission", Q.in_submissions),
    ("project", Q.in_projects),
    ("lab", Q.in_labs),
)


async def search(db: Database, scope: Scope, text: str, *, limit: int) -> SearchAnswer:
    """Return what a text is found in, within the labs in scope, at most so much of each kind."""
    wanted = model.wanted(text)
    groups = await asyncio.gather(*(_group(db, source, wanted, scope=scope, limit=limit) for source in SOURCES))
    return SearchAnswer(groups=[group for group in groups if group.items])


async def _group(
    db: Database, source: tuple[SearchKind, sql.Query], wanted: Wanted, *, scope: Scope, limit: int
) -> SearchGroup:
    kind, query = source
    values = {**asdict(wanted), "scope": scope, "most": limit + 1}
    rows = await db.rows(query, **{name: values[name] for name in query.parameters})
    return SearchGroup(kind=kind, items=[SearchHit(**row) for row in rows[:limit]], more=len(rows) > limit)
