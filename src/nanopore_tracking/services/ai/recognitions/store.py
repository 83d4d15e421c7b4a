"""Which pages were recognised, and where that is kept."""

from pathlib import Path

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def find(db: Reads, document_sha256: str, page: int, *, recogniser: int) -> str | None:
    """Return the sum under which a page is kept as this recogniser or a newer one saw it, None where it is not."""
    found: str | None = await db.value(Q.find_scan, document_sha256=document_sha256, page=page, recogniser=recogniser)
    return found


async def keep(db: Reads, document_sha256: str, page: int, *, recogniser: int, sha256: str) -> None:
    """Keep where a page is."""
    asked = {"document_sha256": document_sha256, "page": page, "recogniser": recogniser}
    await db.row(Q.keep_scan, **asked, sha256=sha256)
