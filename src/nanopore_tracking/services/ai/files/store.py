"""Files of submissions in the database; their content lies in the file store."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.ai.files import FileKind
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.files.model import Added

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
MISSING = "There is no such file, or none that you may see."


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is needed to hand a file out, or to remove it."""

    id: UUID
    submission_id: UUID
    filename: str
    kind: FileKind
    sha256: str
    version: int


async def list_files(db: Reads, scope: Scope, **asked: Any) -> Page:
    """Return one page of files; asked: filters, sort, after, limit."""
    found: Page = await Q.files.page(db, scope=scope, **asked)
    return found


async def show_file(db: Reads, scope: Scope, file_id: UUID) -> str:
    """Return a file as JSON text; NotFound."""
    found = await list_files(db, scope, filters={"id": file_id})
    if not found.items:
        raise errors.NotFound(MISSING)
    return found.items[0]


async def find_file(db: Reads, scope: Scope, file_id: UUID) -> Kept:
    """Return a file; NotFound."""
    row = await db.row(Q.find_file, file_id=file_id, scope=scope)
    if row is None:
        raise errors.NotFound(MISSING)
    return Kept(**row)


async def count_files(tx: Transaction, submission_id: UUID) -> int:
    """Return how many files a submission has; nobody else adds one until this transaction ends."""
    await tx.rows(Q.lock_submission, submission_id=submission_id)
    return int(await tx.value(Q.count_files, submission_id=submission_id))


async def insert_file(tx: Transaction, file_id: UUID, added: Added) -> None:
    """Store a file that was added by whoever calls."""
    await tx.execute(
        Q.insert_file,
        file_id=file_id,
        submission_id=added.submission_id,
        filename=added.filename,
        kind=added.kind,
        purpose=added.purpose,
        size_bytes=added.size_bytes,
        sha256=added.sha256,
        uploaded_by=tx.call.by,
        at=tx.call.at,
    )


async def remove_file(tx: Transaction, file_id: UUID, *, seen: int) -> bool:
    """Store that a file was removed; False where somebody changed it since."""
    return await tx.value(Q.remove_file, file_id=file_id, seen=seen, by=tx.call.by, at=tx.call.at) is not None
