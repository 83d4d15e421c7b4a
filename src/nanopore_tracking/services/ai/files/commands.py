"""What can be done with the files of a submission: add one, remove one while it is a draft."""

from uuid import UUID

from nanopore_tracking.contracts.events import ai as events
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.files import store
from nanopore_tracking.services.ai.files.model import Added
from nanopore_tracking.services.ai.submissions import model as submissions
from nanopore_tracking.services.ai.submissions.model import Submission

#: Files that one submission may have.
MOST = 50


async def add(tx: Transaction, submission: Submission, added: Added) -> Written:
    """Add a file whose content is kept already; Conflict for a submission that takes none, or has too many."""
    submissions.takes_files(submission)
    if await store.count_files(tx, submission.id) >= MOST:
        message = f"The submission {submission.code} has {MOST} files, the most that it may have. Nothing was added."
        raise errors.Conflict(message, type="too-many-files")
    file_id = uuid7()
    await store.insert_file(tx, file_id, added)
    event = events.FileAdded(
        file_id=file_id,
        submission_id=submission.id,
        lab_id=submission.lab_id,
        filename=added.filename,
        kind=added.kind,
        purpose=added.purpose,
        size_bytes=added.size_bytes,
        sha256=added.sha256,
    )
    tx.announce(
        event,
        subject=Subject("submission", str(submission.id), submission.code),
        tenant_id=submission.lab_id,
        changes=[Change("file", None, added.filename)],
    )
    item = await store.show_file(tx, tx.call.scope, file_id)
    return Written(item=item, version=1, location=f"/api/documents/files/{file_id}")


async def remove(tx: Transaction, submission: Submission, file_id: UUID, *, seen: int) -> Written:
    """Remove a file of a draft; NotFound, Stale, Conflict where the submission was handed in."""
    kept = await store.find_file(tx, tx.call.scope, file_id)
    submissions.gives_files_back(submission)
    if not await store.remove_file(tx, file_id, seen=seen):
        message = "Somebody changed this file since you read it. Nothing was removed; read it again and repeat."
        raise errors.Stale(message, version=kept.version)
    event = events.FileRemoved(
        file_id=file_id,
        submission_id=submission.id,
        lab_id=submission.lab_id,
        filename=kept.filename,
        sha256=kept.sha256,
    )
    tx.announce(
        event,
        subject=Subject("submission", str(submission.id), submission.code),
        tenant_id=submission.lab_id,
        changes=[Change("file", kept.filename, None)],
    )
    return Written(item=None)
