"""What can be done about a reading: ask for what only a person knows, cancel it, and let it be done again."""

from uuid import UUID

from nanopore_tracking.contracts.events.ai_readings import ExtractionCancelled, ExtractionNeeds, ExtractionQueuedAgain
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.extractions import store as extractions
from nanopore_tracking.services.ai.extractions.commands import subject
from nanopore_tracking.services.ai.extractions.model import Claimed
from nanopore_tracking.services.ai.interventions import model, store
from nanopore_tracking.services.ai.interventions.model import Locked


async def ask(tx: Transaction, claimed: Claimed, need: str, *, page_count: int | None) -> None:
    """Let a reading wait for what only a person knows: `pages` or `password`."""
    said = model.NEEDS[need].format(count=page_count)
    if await store.ask(tx, claimed, need, said=said, page_count=page_count):
        event = ExtractionNeeds(
            extraction_id=claimed.id,
            document_id=claimed.document_id,
            project_id=claimed.project_id,
            filename=claimed.filename,
            need=need,
        )
        changes = [Change("state", "reading", f"needs_{need}")]
        tx.announce(event, subject=subject(claimed.id), tenant_id=claimed.lab_id, changes=changes)


async def cancel(tx: Transaction, extraction_id: UUID, seen: int) -> Written:
    """Give a reading up that waits or goes on."""
    locked = await store.lock(tx, extraction_id)
    model.refuse_ended(locked)
    # A reading that goes on changes its version by itself; whoever wants it ended wants that of any of them.
    if locked.state != "reading":
        model.refuse_stale(locked, seen)
    await store.cancel(tx, extraction_id, f"{tx.call.by} cancelled the reading of this file. The file is kept.")
    event = ExtractionCancelled(
        extraction_id=locked.id,
        document_id=locked.document_id,
        project_id=locked.project_id,
        filename=locked.filename,
    )
    changes = [Change("state", locked.state, "cancelled")]
    tx.announce(event, subject=subject(locked.id), tenant_id=locked.lab_id, changes=changes)
    return await _written(tx, extraction_id)


async def retry(tx: Transaction, extraction_id: UUID, seen: int) -> Written:
    """Let a reading be done again that failed or was cancelled."""
    locked = await store.lock(tx, extraction_id)
    model.refuse_stale(locked, seen)
    model.refuse_retry(locked)
    await store.queue_again(tx, extraction_id)
    return await _queued(tx, locked, "retry")


async def choose_pages(tx: Transaction, extraction_id: UUID, text: str, *, seen: int) -> Written:
    """Say which pages hold the form, and read them."""
    locked = await store.lock(tx, extraction_id)
    model.refuse_stale(locked, seen)
    model.refuse_other(locked, "pages")
    pages = model.pages_of(text, locked.page_count or 0)
    await store.queue_again(tx, extraction_id, pages=pages)
    return await _queued(tx, locked, "pages", pages=pages)


async def unlock(tx: Transaction, extraction_id: UUID, sha256: str, *, seen: int) -> Written:
    """Read a protected file by its copy without a password. sha256: of that."""
    locked = await store.lock(tx, extraction_id)
    model.refuse_stale(locked, seen)
    model.refuse_other(locked, "password")
    await store.unlock(tx, locked.document_id, sha256)
    await store.queue_again(tx, extraction_id)
    return await _queued(tx, locked, "password")


async def _queued(tx: Transaction, locked: Locked, why: str, *, pages: list[int] | None = None) -> Written:
    event = ExtractionQueuedAgain(
        extraction_id=locked.id,
        document_id=locked.document_id,
        project_id=locked.project_id,
        filename=locked.filename,
        why=why,
        pages=pages or [],
    )
    changes = [Change("state", locked.state, "queued")]
    tx.announce(event, subject=subject(locked.id), tenant_id=locked.lab_id, changes=changes)
    return await _written(tx, locked.id)


async def _written(tx: Transaction, extraction_id: UUID) -> Written:
    found = await extractions.show_extraction(tx, tx.call.scope, extraction_id)
    if found is None:
        raise errors.NotFound("There is no such reading.")
    return Written(item=found[0], version=found[1])
