"""What can be done with readings of documents: take one, end it, choose columns for it, ask for another."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.events import ai as events
from nanopore_tracking.contracts.events.ai import ManifestRow
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.columns import store as column_store
from nanopore_tracking.services.ai.extractions import model, store
from nanopore_tracking.services.ai.extractions.model import Claimed, Wish
from nanopore_tracking.services.ai.manifests.model import Rows, Summary

_rows = msgspec.json.Decoder(Rows)


def subject(extraction_id: UUID) -> Subject:
    """Return what all events of a reading are about."""
    return Subject("extraction", str(extraction_id))


async def claim(tx: Transaction) -> Claimed | None:
    """Take the reading that has waited longest; one that was interrupted too often is refused and passed over."""
    claimed = await store.claim_extraction(tx)
    while claimed is not None and claimed.attempts > model.MOST_ATTEMPTS:
        await refuse(tx, claimed, model.INTERRUPTED)
        claimed = await store.claim_extraction(tx)
    return claimed


async def finish(tx: Transaction, claimed: Claimed, *, summary: Summary, chunks: Sequence[bytes]) -> None:
    """Keep what was found and announce it: the manifest, then all of its rows, in one transaction.

    chunks: messages of the reader that hold rows, still encoded, so that only one of them is in memory at a time.
    """
    if summary.questions:
        await _ask(tx, claimed, summary)
        return
    read = events.ManifestRead(
        extraction_id=claimed.id,
        document_id=claimed.document_id,
        project_id=claimed.project_id,
        lab_id=claimed.lab_id,
        filename=claimed.filename,
        sha256=claimed.sha256,
        row_count=summary.row_count,
        columns=model.matches(summary.columns),
        header=summary.header,
    )
    about, changes = subject(claimed.id), [Change("state", "reading", "read")]
    tx.announce(read, subject=about, tenant_id=claimed.lab_id, changes=changes)
    rows_read = doubts = 0
    for number, chunk in enumerate(chunks, 1):
        part = _rows.decode(chunk)
        _announce_rows(tx, claimed, part.rows, last=number == len(chunks))
        rows_read += len(part.rows)
        doubts += part.needs_review_count
        await asyncio.sleep(0)  # Each part takes milliseconds; other requests have their turn in between.
    if not await store.finish_extraction(tx, claimed, summary, rows_read=rows_read, needs_review_count=doubts):
        raise errors.Conflict("The reading was taken over by another process. Nothing was announced twice.")


def _announce_rows(tx: Transaction, claimed: Claimed, rows: list[ManifestRow], *, last: bool) -> None:
    event = events.ManifestRowsRead(extraction_id=claimed.id, project_id=claimed.project_id, rows=rows, last=last)
    tx.announce(event, subject=subject(claimed.id), tenant_id=claimed.lab_id)


async def _ask(tx: Transaction, claimed: Claimed, summary: Summary) -> None:
    if await store.finish_extraction(tx, claimed, summary, rows_read=0, needs_review_count=0):
        event = events.ColumnsNeeded(
            extraction_id=claimed.id,
            document_id=claimed.document_id,
            project_id=claimed.project_id,
            filename=claimed.filename,
            questions=summary.questions,
        )
        changes = [Change("state", "reading", "needs_columns")]
        tx.announce(event, subject=subject(claimed.id), tenant_id=claimed.lab_id, changes=changes)


async def refuse(tx: Transaction, claimed: Claimed, message: str) -> None:
    """Keep and announce why a document cannot be read as a manifest."""
    if await store.refuse_extraction(tx, claimed, message):
        event = events.ManifestRefused(
            extraction_id=claimed.id,
            document_id=claimed.document_id,
            project_id=claimed.project_id,
            filename=claimed.filename,
            message=message,
        )
        changes = [Change("state", "reading", "refused")]
        tx.announce(event, subject=subject(claimed.id), tenant_id=claimed.lab_id, changes=changes)


async def give_back(tx: Transaction, claimed: Claimed) -> None:
    """Let a reading wait again that could not be done now."""
    await store.give_back_extraction(tx, claimed)


async def choose_columns(
    tx: Transaction, extraction_id: UUID, version: int, *, asked: dict[str, str | None], remember: bool
) -> Written:
    """Say what columns hold and read again."""
    locked = await store.lock_extraction(tx, extraction_id)
    if locked is None:
        raise errors.NotFound("There is no such reading.")
    chosen = model.choose(locked, version, asked)
    await store.queue_extraction(tx, extraction_id, chosen)
    lessons = model.lessons(locked.columns, asked) if remember else {}
    await _learn(tx, locked.lab_id, lessons)
    event = events.ColumnsChosen(
        extraction_id=extraction_id,
        document_id=locked.document_id,
        project_id=locked.project_id,
        columns=asked,
        remembered=bool(lessons),
    )
    changes = [Change("state", "needs_columns", "queued")]
    tx.announce(event, subject=subject(extraction_id), tenant_id=locked.lab_id, changes=changes)
    return await _written(tx, extraction_id)


async def read_again(
    tx: Transaction,
    document_id: UUID,
    *,
    sheet: str | None,
    asked: dict[str, str | None],
    remember: bool,
    as_form: bool = False,
) -> Written:
    """Ask for another reading of a document; what an earlier one led to stays as it is."""
    document = await store.find_document(tx, document_id)
    if document is None:
        raise errors.NotFound("There is no such document.")
    chosen = model.choices(asked)
    extraction_id = uuid7()
    await store.insert_extraction(
        tx,
        extraction_id,
        document_id=document_id,
        project_id=document["project_id"],
        lab_id=document["lab_id"],
        wish=Wish(sheet=sheet, as_form=as_form, chosen=chosen),
    )
    if remember and chosen and sheet is None:
        await _learn(tx, document["lab_id"], model.lessons(await store.last_columns(tx, document_id), chosen))
    event = events.ExtractionRequested(
        extraction_id=extraction_id,
        document_id=document_id,
        project_id=document["project_id"],
        filename=document["filename"],
        sheet=sheet,
        columns=chosen,
    )
    tx.announce(event, subject=subject(extraction_id), tenant_id=document["lab_id"])
    return await _written(tx, extraction_id)


async def give(tx: Transaction, extraction_id: UUID, submission_id: UUID, *, code: str) -> None:
    """Let a reading belong to an accepted submission, or announce why it cannot. code: of the submission."""
    locked = await store.lock_extraction(tx, extraction_id)
    refused = model.claimable(locked, submission_id, await store.claimed_by(tx, submission_id))
    if locked is None or refused:
        event = events.ExtractionClaimRefused(
            extraction_id=extraction_id, submission_id=submission_id, submission_code=code, message=refused
        )
        tx.announce(event, subject=subject(extraction_id), tenant_id=None if locked is None else locked.lab_id)
        return
    await store.give_extraction(tx, extraction_id, (submission_id, code))
    claimed = events.ExtractionClaimed(
        extraction_id=extraction_id,
        document_id=locked.document_id,
        project_id=locked.project_id,
        submission_id=submission_id,
        submission_code=code,
    )
    changes = [Change("submission_code", locked.submission_code, code)]
    tx.announce(claimed, subject=subject(extraction_id), tenant_id=locked.lab_id, changes=changes)


async def release(tx: Transaction, extraction_id: UUID, submission_id: UUID) -> None:
    """Let a reading belong to nobody again; nothing is done when it does not belong to that submission."""
    locked = await store.lock_extraction(tx, extraction_id)
    if locked is None or locked.submission_id != submission_id:
        return
    await store.give_extraction(tx, extraction_id, None)
    released = events.ExtractionReleased(
        extraction_id=extraction_id,
        document_id=locked.document_id,
        project_id=locked.project_id,
        submission_id=submission_id,
        submission_code=str(locked.submission_code),
    )
    changes = [Change("submission_code", locked.submission_code, None)]
    tx.announce(released, subject=subject(extraction_id), tenant_id=locked.lab_id, changes=changes)


async def _learn(tx: Transaction, lab_id: UUID, lessons: dict[str, str | None]) -> None:
    for heading, field in lessons.items():
        await column_store.learn_heading(tx, lab_id, heading=heading, field=field)


async def _written(tx: Transaction, extraction_id: UUID) -> Written:
    found = await store.show_extraction(tx, tx.call.scope, extraction_id)
    if found is None:
        raise errors.NotFound("There is no such reading.")
    return Written(item=found[0], version=found[1], location=f"/api/extractions/{extraction_id}")
