"""What becomes of a manifest that was read: a submission, row by row, then its check."""

from uuid import UUID

from nanopore_tracking.contracts.events.ai import ManifestRead, ManifestRowsRead
from nanopore_tracking.contracts.events.sample import SubmissionChanged, SubmissionCreated, SubmissionReviewStarted
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.projects import store as project_store
from nanopore_tracking.services.sample.rows import store as row_store
from nanopore_tracking.services.sample.submissions import model, store


async def begin(tx: Transaction, read: ManifestRead, *, by: str) -> None:
    """Begin the submission of a manifest, or begin again with it where it was read before and is not decided."""
    submission_id = await store.find_extraction(tx, read.extraction_id)
    if submission_id is not None:
        await _begin_again(tx, submission_id, read)
        return
    project = await project_store.hold_project(tx, read.project_id)
    if project is None:
        raise errors.NotFound(f"The project {read.project_id} of the manifest {read.filename} is not known here.")
    where = {
        "code": await store.next_code(tx),
        "status": "reading",
        "project_id": project.id,
        "lab_id": project.lab_id,
        "created_by": by,
    }
    submission_id = uuid7()
    header = model.header_from_manifest(read.header)
    await store.insert_submission(tx, submission_id, where=where, header=header, read=read)
    submission = await store.lock_submission(tx, submission_id)
    event = SubmissionCreated(
        **model.facts(submission),
        external_id=header["external_id"],
        extraction_id=read.extraction_id,
        document_id=read.document_id,
        filename=read.filename,
        sha256=read.sha256,
        header=read.header,
    )
    tx.announce(event, subject=model.subject(submission), tenant_id=submission.lab_id)


async def _begin_again(tx: Transaction, submission_id: UUID, read: ManifestRead) -> None:
    submission = await store.lock_submission(tx, submission_id)
    if submission.status not in ("reading", "under_review"):
        return
    await row_store.delete_rows(tx, submission_id)
    await store.restart_reading(tx, submission_id, read)
    again = await store.lock_submission(tx, submission_id)
    changes = [Change("status", submission.status, again.status), Change("row_count", submission.row_count, 0)]
    event = SubmissionChanged(**model.facts(again))
    tx.announce(event, subject=model.subject(again), tenant_id=again.lab_id, changes=changes)


async def append(tx: Transaction, read: ManifestRowsRead) -> None:
    """Append rows to the submission of their manifest; with the last ones it is checked and waits for a decision."""
    submission_id = await store.find_extraction(tx, read.extraction_id)
    if submission_id is None:
        raise errors.NotFound(f"There is no submission of the extraction {read.extraction_id}.")
    submission = await store.lock_submission(tx, submission_id)
    if submission.status != "reading":
        return
    await row_store.insert_rows(tx, submission_id, read.rows)
    if not read.last:
        await store.add_to_row_count(tx, submission_id, len(read.rows))
        return
    checked = await store.check(tx, submission, status="under_review")
    changes = [Change("status", "reading", "under_review")]
    event = SubmissionReviewStarted(**model.facts(checked))
    tx.announce(event, subject=model.subject(checked), tenant_id=checked.lab_id, changes=changes)
