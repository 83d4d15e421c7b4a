"""Readings of documents in the database, which is also their queue."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.events import Actor
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.columns.model import Matched
from nanopore_tracking.services.ai.extractions.model import LEASE_S, PAUSE_S, Claimed, Locked, Wish
from nanopore_tracking.services.ai.manifests.model import Summary

Q = sql.load(Path(__file__).with_name("queries.sql"))

_choices = msgspec.json.Decoder(dict[str, str | None])
_columns = msgspec.json.Decoder(list[Matched])
_actor = msgspec.json.Decoder(Actor)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


async def list_extractions(db: Reads, scope: list[UUID] | None, **asked: Any) -> Page:
    """Return one page of readings; asked: filters, sort, after, limit."""
    found: Page = await Q.extractions.page(db, scope=scope, **asked)
    return found


async def show_extraction(db: Reads, scope: list[UUID] | None, extraction_id: UUID) -> tuple[str, int] | None:
    """Return a reading as JSON text and its version, None where there is none in the scope."""
    row = await db.row(Q.show_extraction, extraction_id=extraction_id, scope=scope)
    return (row["item"], row["version"]) if row else None


async def insert_extraction(
    tx: Transaction,
    extraction_id: UUID,
    *,
    document_id: UUID,
    project_id: UUID,
    lab_id: UUID,
    wish: Wish,
) -> None:
    """Queue a reading, in the name of whoever asks."""
    await tx.execute(
        Q.insert_extraction,
        extraction_id=extraction_id,
        document_id=document_id,
        project_id=project_id,
        lab_id=lab_id,
        wanted_sheet=wish.sheet,
        wanted_template=wish.template,
        wanted_pages=wish.pages,
        as_form=wish.as_form,
        chosen=_json(wish.chosen),
        requested_by=_json(tx.call.actor),
        request_id=tx.call.request_id,
        at=tx.call.at,
    )


async def find_document(tx: Transaction, document_id: UUID) -> dict[str, Any] | None:
    """Return id, project_id, lab_id and filename of a document in the caller's scope, or None."""
    row = await tx.row(Q.find_document, document_id=document_id, scope=tx.call.scope)
    return dict(row) if row else None


async def last_columns(db: Reads, document_id: UUID) -> list[Matched]:
    """Return the columns that the last reading of a document found."""
    found = await db.value(Q.last_columns, document_id=document_id)
    return _columns.decode(found) if found else []


async def claim_extraction(tx: Transaction) -> Claimed | None:
    """Take the reading that has waited longest, or None; others pass it by while it is ours."""
    row = await tx.row(Q.claim_extraction, lease_s=LEASE_S)
    if row is None:
        return None
    told = {"chosen": _choices.decode(row["chosen"]), "requested_by": _actor.decode(row["requested_by"])}
    return Claimed(**{**row, **told})


async def touch_extraction(
    db: Reads, claimed: Claimed, *, row_count: int | None, rows_read: int, pages: tuple[int | None, int] = (None, 0)
) -> bool:
    """Say how far a reading is and keep it for ourselves; False when it is not ours any more.

    pages: how many are recognised, None where none is, and how many of them are done.
    """
    found = await db.row(
        Q.touch_extraction,
        extraction_id=claimed.id,
        attempts=claimed.attempts,
        row_count=row_count,
        rows_read=rows_read,
        scan_count=pages[0],
        scans_read=pages[1],
        lease_s=LEASE_S,
    )
    return found is not None


async def give_back_extraction(tx: Transaction, claimed: Claimed) -> None:
    """Let a reading wait again that could not be done now."""
    values = {"extraction_id": claimed.id, "attempts": claimed.attempts, "pause_s": PAUSE_S}
    await tx.execute(Q.give_back_extraction, **values)


async def finish_extraction(
    tx: Transaction, claimed: Claimed, summary: Summary, *, rows_read: int, needs_review_count: int
) -> bool:
    """Keep what was found; False when the reading is not ours any more."""
    found = await tx.row(
        Q.finish_extraction,
        extraction_id=claimed.id,
        attempts=claimed.attempts,
        state="needs_columns" if summary.questions else "read",
        row_count=summary.row_count,
        rows_read=rows_read,
        needs_review_count=needs_review_count,
        sheet=summary.sheet,
        sheets=_json(summary.sheets),
        header_row=summary.header_row,
        columns=_json(summary.columns),
        header=_json(summary.header),
        questions=_json(summary.questions),
        notes=_json(summary.notes),
        at=tx.call.at,
    )
    return found is not None


async def refuse_extraction(tx: Transaction, claimed: Claimed, error: str) -> bool:
    """Keep why a reading cannot be done; False when it is not ours any more."""
    found = await tx.row(
        Q.refuse_extraction, extraction_id=claimed.id, attempts=claimed.attempts, error=error, at=tx.call.at
    )
    return found is not None


async def lock_extraction(tx: Transaction, extraction_id: UUID) -> Locked | None:
    """Return a reading in the caller's scope that is about to be changed, locked, or None."""
    row = await tx.row(Q.lock_extraction, extraction_id=extraction_id, scope=tx.call.scope)
    if row is None:
        return None
    told = {"chosen": _choices.decode(row["chosen"]), "columns": _columns.decode(row["columns"])}
    return Locked(**{**row, **told})


async def claimed_by(tx: Transaction, submission_id: UUID) -> UUID | None:
    """Return the reading that belongs to a submission."""
    found: UUID | None = await tx.value(Q.claimed_by, submission_id=submission_id)
    return found


async def give_extraction(tx: Transaction, extraction_id: UUID, submission: tuple[UUID, str] | None) -> None:
    """Keep which submission a reading belongs to: its id and code, or none."""
    submission_id, code = submission or (None, None)
    await tx.execute(Q.give_extraction, extraction_id=extraction_id, submission_id=submission_id, submission_code=code)


async def queue_extraction(tx: Transaction, extraction_id: UUID, chosen: dict[str, str | None]) -> None:
    """Let a reading wait again with all choices about its columns."""
    await tx.execute(
        Q.queue_extraction,
        extraction_id=extraction_id,
        chosen=_json(chosen),
        requested_by=_json(tx.call.actor),
        request_id=tx.call.request_id,
    )
