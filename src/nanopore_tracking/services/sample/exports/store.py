"""The rows of an export from the database, page by page."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.services.sample.exports import model

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def pages(db: Reads, scope: Scope, sample_ids: Sequence[UUID]) -> AsyncIterator[list[tuple[Any, ...]]]:
    """Yield the rows of samples in the order of their ids, the values in the order of COLUMNS."""
    for start in range(0, len(sample_ids), model.PAGE):
        ids = list(sample_ids[start : start + model.PAGE])
        rows = await db.rows(Q.export_rows, sample_ids=ids, scope=scope)
        yield [tuple(row[name] for name in model.COLUMNS) for row in rows]
