"""Uploaded documents in the database; their content lies in the file store."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.documents.model import Kind, Upload

Q = sql.load(Path(__file__).with_name("queries.sql"))


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A document as JSON text, and what is needed to hand out its content.

    readable_sha256: of what is read and drawn, which is a copy where the file is protected by a password.
    """

    item: str
    filename: str
    kind: Kind
    sha256: str
    readable_sha256: str


async def show_document(db: Reads, scope: list[UUID] | None, document_id: UUID) -> Shown | None:
    """Return a document, None where there is none in the scope."""
    row = await db.row(Q.show_document, document_id=document_id, scope=scope)
    return Shown(**row) if row else None


async def find_same(tx: Transaction, upload: Upload) -> tuple[str, str, datetime] | None:
    """Return file name, uploader and time of the newest document of the project with the same content, or None."""
    row = await tx.row(Q.find_same, project_id=upload.project_id, sha256=upload.sha256)
    return (row["filename"], row["uploaded_by"], row["uploaded_at"]) if row else None


async def insert_document(tx: Transaction, document_id: UUID, upload: Upload, *, note: str | None) -> None:
    """Store a document that was uploaded by whoever calls."""
    await tx.execute(
        Q.insert_document,
        document_id=document_id,
        project_id=upload.project_id,
        lab_id=upload.lab_id,
        filename=upload.filename,
        kind=upload.kind,
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
        note=note,
        uploaded_by=tx.call.by,
        at=tx.call.at,
    )
