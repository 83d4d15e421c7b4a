"""Which pictures of pages there are in the database."""

from pathlib import Path

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def find(db: Reads, document_sha256: str, page: int, *, drawn: int) -> str | None:
    """Return the sum under which the picture of a page is kept, None without one.

    drawn: the version of the sums by which it was made, 0 for a page of the file itself.
    """
    found: str | None = await db.value(Q.find_picture, document_sha256=document_sha256, page=page, drawn=drawn)
    return found


async def keep(db: Reads, document_sha256: str, page: int, *, drawn: int, sha256: str) -> None:
    """Keep where the picture of a page is."""
    await db.row(Q.keep_picture, document_sha256=document_sha256, page=page, drawn=drawn, sha256=sha256)
