"""The samples of a grid in the database."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def editable(db: Reads, scope: Scope, codes: Sequence[str]) -> str:
    """Return the samples of a grid as JSON text, those of the codes that are in a scope."""
    found: str = await db.value(Q.editable, codes=list(codes), scope=scope)
    return found


async def ids_of(db: Reads, scope: Scope, codes: Sequence[str]) -> list[UUID]:
    """Return the ids of those samples that are in a scope."""
    return [row["id"] for row in await db.rows(Q.ids_of, codes=list(codes), scope=scope)]


async def barcodes(db: Reads, scope: Scope, wanted: Sequence[str]) -> dict[str, str]:
    """Return which sample has each of these barcodes, where one has it."""
    rows = await db.rows(Q.barcodes, barcodes=list(wanted), scope=scope) if wanted else []
    return {row["container_barcode"]: row["code"] for row in rows}
