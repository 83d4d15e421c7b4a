"""What happens when a form is read once more: the reading before is given up, and what was decided is looked at."""

from collections.abc import Mapping
from uuid import UUID

from nanopore_tracking.contracts.api.ai.reviews import ReadAgain
from nanopore_tracking.contracts.events.ai import ExtractionRequested
from nanopore_tracking.contracts.events.ai_readings import ExtractionCancelled, FormPrecedentSettled
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.extractions import store as extractions
from nanopore_tracking.services.ai.extractions.commands import subject
from nanopore_tracking.services.ai.extractions.model import Wish
from nanopore_tracking.services.ai.headings.model import plain
from nanopore_tracking.services.ai.interventions import store as interventions
from nanopore_tracking.services.ai.precedents import store as precedents
from nanopore_tracking.services.ai.reviews import commands as reviews
from nanopore_tracking.services.ai.reviews import store as review_store
from nanopore_tracking.services.ai.reviews.model import Locked


async def read_again(tx: Transaction, extraction_id: UUID, *, seen: int) -> Written:
    """Read a form once more, with the reader, the method and what was learnt as they are now."""
    locked = await reviews.opened(tx, extraction_id)
    if locked.version != seen:
        raise errors.Stale("The review changed since you looked at it. Nothing was read again; look again.")
    return Written(item=ReadAgain(extraction_id=await begin(tx, locked, {}, template="")))


async def begin(tx: Transaction, locked: Locked, said: Mapping[str, str], *, template: str) -> UUID:
    """Let the document be read again with what was said, and give this reading up; return the new one's id.

    said: fields by the labels or headings that name them; template: of the known form that it is, blank for the one
    that was chosen or is recognised.
    """
    before = await extractions.lock_extraction(tx, locked.id)
    assert before is not None, "it is locked already"
    wish = Wish(
        template=template or before.wanted_template,
        as_form=before.as_form,
        pages=before.wanted_pages,
        chosen={**before.chosen, **{plain(text): field for text, field in said.items()}},
    )
    extraction_id = uuid7()
    await extractions.insert_extraction(
        tx,
        extraction_id,
        document_id=locked.document_id,
        project_id=locked.project_id,
        lab_id=locked.lab_id,
        wish=wish,
    )
    await review_store.hold(tx, locked.id, None)
    await interventions.cancel(tx, locked.id, _note(said, template, tx.call.by))
    _announce(tx, locked, extraction_id, chosen=wish.chosen)
    return extraction_id


def _announce(tx: Transaction, locked: Locked, extraction_id: UUID, *, chosen: dict[str, str | None]) -> None:
    requested = ExtractionRequested(
        extraction_id=extraction_id,
        document_id=locked.document_id,
        project_id=locked.project_id,
        filename=locked.filename,
        sheet=None,
        columns=chosen,
    )
    tx.announce(requested, subject=subject(extraction_id), tenant_id=locked.lab_id)
    given_up = ExtractionCancelled(
        extraction_id=locked.id,
        document_id=locked.document_id,
        project_id=locked.project_id,
        filename=locked.filename,
    )
    changes = [Change("state", "needs_review", "cancelled")]
    tx.announce(given_up, subject=subject(locked.id), tenant_id=locked.lab_id, changes=changes)


def _note(said: Mapping[str, str], template: str, by: str) -> str:
    what = f"with what {by} said of it" if said or template else f"since {by} asked for it"
    return f"It was read again {what}."


async def settle(tx: Transaction, extraction_id: UUID, precedent_id: UUID, *, take: bool) -> Written:
    """Look at a decision on an earlier reading that has no value on this one."""
    locked = await reviews.opened(tx, extraction_id)
    found = await precedents.find(tx, extraction_id, precedent_id)
    if take:
        row = next(
            (each for each in await review_store.rows_of(tx, extraction_id) if each.row_number == found.row_number),
            None,
        )
        if found.action != "drop" or row is None:
            raise errors.Invalid("Only leaving out a row that is here can be taken over. Nothing was changed.")
        await reviews.drop_row(tx, extraction_id, row.row_number, dropped=True, seen=row.version)
    await precedents.settle(tx, precedent_id)
    event = FormPrecedentSettled(
        extraction_id=locked.id,
        document_id=locked.document_id,
        project_id=locked.project_id,
        filename=locked.filename,
        field=found.field,
        row_number=found.row_number,
        action=found.action,
        read_raw=found.read_raw,
        became_raw=found.became_raw,
        taken=take,
    )
    tx.announce(event, subject=subject(locked.id), tenant_id=locked.lab_id)
    await review_store.count_open(tx, extraction_id)
    return await reviews.shown(tx, extraction_id)
