"""What can be done with the header of a submission: begin a draft, change it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.submissions import NewSubmission, SubmissionPatch
from nanopore_tracking.contracts.events.ai import ManifestRow
from nanopore_tracking.contracts.events.sample import (
    RowState,
    SubmissionChanged,
    SubmissionCreated,
    SubmissionRowsAdded,
)
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.clocks import store as clock_store
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.projects import model as projects
from nanopore_tracking.services.sample.projects import store as project_store
from nanopore_tracking.services.sample.rows import model as rows
from nanopore_tracking.services.sample.rows import store as row_store
from nanopore_tracking.services.sample.submissions import model, store


async def create_submission(tx: Transaction, asked: NewSubmission) -> Written:
    """Begin a draft in a project of the caller's scope, with the rows that came along; NotFound or Conflict."""
    project = await project_store.hold_project(tx, asked.project_id)
    if project is None:
        message = "There is no such project, or none that you may see."
        raise errors.NotFound(f"{message} Nothing was changed.", fields=[errors.FieldError("project_id", message)])
    projects.open_for_work(project)
    said = labs.asked(asked)
    header = {name: said[name] for name in model.HEADER}
    if not header["requester_name"] and tx.call.actor.kind == "person":
        header["requester_name"] = tx.call.by[:100]
    where = {
        "code": await store.next_code(tx),
        "status": "draft",
        "project_id": project.id,
        "lab_id": project.lab_id,
        "created_by": tx.call.by,
    }
    submission_id = uuid7()
    await store.insert_submission(tx, submission_id, where=where, header=header, read=None)
    typed = [
        ManifestRow(row_number=number, cells=rows.cells_of(labs.asked(row)))
        for number, row in enumerate(asked.rows, start=1)
    ]
    await _announce_created(tx, submission_id, await row_store.insert_rows(tx, submission_id, typed))
    return await _written(tx, submission_id)


async def _announce_created(tx: Transaction, submission_id: UUID, added: list[rows.Row]) -> None:
    submission = await store.check(tx, await store.lock_submission(tx, submission_id), status="draft")
    event = SubmissionCreated(
        **model.facts(submission),
        external_id=submission.header["external_id"],
        extraction_id=None,
        document_id=None,
        filename=None,
        sha256=None,
        header={},
    )
    tx.announce(event, subject=model.subject(submission), tenant_id=submission.lab_id)
    if added:
        states = [RowState(row.row_number, dict(row.values)) for row in added]
        more = SubmissionRowsAdded(**model.facts(submission), rows=states)
        tx.announce(more, subject=model.subject(submission), tenant_id=submission.lab_id)


async def change_submission(tx: Transaction, submission_id: UUID, asked: SubmissionPatch, *, seen: int) -> Written:
    """Change the header and check all rows again; NotFound, Stale, or Conflict when it is decided or being read."""
    submission = await store.lock_submission(tx, submission_id)
    labs.match(submission.version, seen, "submission")
    model.changeable(submission)
    after: dict[str, Any] = {**submission.header, **labs.asked(asked)}
    if after != submission.header:
        await store.update_header(tx, submission_id, after)
        changes = labs.changes(submission.header, after)
        due_at = submission.due_at
        if after["priority"] != submission.header["priority"]:
            owner = clock_store.submission(submission_id)
            due_at = await clock_store.rewind(tx, owner, priority=after["priority"], service_type="")
        changed = await store.check(tx, replace(submission, header=after, due_at=due_at), status=submission.status)
        event = SubmissionChanged(**model.facts(changed))
        tx.announce(event, subject=model.subject(changed), tenant_id=changed.lab_id, changes=changes)
    return await _written(tx, submission_id)


async def _written(tx: Transaction, submission_id: UUID) -> Written:
    item, version = await store.show_submission(tx, tx.call.scope, submission_id)
    return Written(item=item, version=version, location=f"/api/submissions/{submission_id}")
