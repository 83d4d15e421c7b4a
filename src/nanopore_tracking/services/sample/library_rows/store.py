"""Many libraries by their codes."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def named(db: Reads, scope: Scope, codes: Sequence[str]) -> dict[str, UUID]:
    """Return the ids of those of the libraries that are there and within the scope, by their codes."""
    return {row["code"]: row["id"] for row in await db.rows(Q.named, codes=list(codes), scope=scope)}
