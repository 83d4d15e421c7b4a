"""What can be done with retention: set it for a sample, or for all samples of a project."""

from uuid import UUID

from nanopore_tracking.contracts.api.sample.containers import NewRetention, Retention
from nanopore_tracking.contracts.events.sample import StorageRetentionSet
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.projects import store as projects
from nanopore_tracking.services.sample.retention import model, store
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.submissions import store as submissions


async def keep_sample(tx: Transaction, sample_id: UUID, asked: NewRetention) -> Written:
    """Set until when a sample is kept; NotFound or Invalid."""
    sample = await sample_store.lock_sample(tx, sample_id)
    before = await store.kept(tx, sample_id)
    event = await _set(tx, asked, sample_id=sample.id, project_id=None)
    tx.announce(
        event,
        subject=samples.subject(sample.id, sample.code),
        tenant_id=sample.lab_id,
        changes=[Change("keep_until", before and before.keep_until, event.keep_until)],
    )
    return Written(item=await store.show_retention(tx, sample_id), location=f"/api/samples/{sample_id}/retention")


async def keep_submission(tx: Transaction, submission_id: UUID, asked: NewRetention) -> Written:
    """Set until when each sample of a submission is kept; Invalid, or Conflict where it has none."""
    await submissions.show_submission(tx, tx.call.scope, submission_id)
    ids = await store.samples_of(tx, tx.call.scope, submission_id)
    if not ids:
        message = "The submission has no samples; they are made when it is accepted. Nothing was changed."
        raise errors.Conflict(message, type="not-allowed")
    for sample_id in ids:
        await keep_sample(tx, sample_id, asked)
    item = await store.of_submission(tx, tx.call.scope, submission_id)
    return Written(item=item, location=f"/api/submissions/{submission_id}/retention")


async def keep_project(tx: Transaction, project_id: UUID, asked: NewRetention) -> Written:
    """Set until when the samples of a project are kept, but for those with a day of their own; NotFound or Invalid."""
    project = await projects.hold_project(tx, project_id)
    if project is None:
        raise errors.NotFound("There is no such project, or none that you may see.")
    event = await _set(tx, asked, sample_id=None, project_id=project_id)
    tx.announce(
        event,
        subject=Subject("project", str(project_id), project.code),
        tenant_id=project.lab_id,
        changes=[Change("keep_until", None, event.keep_until)],
    )
    item = Retention(
        keep_until=asked.keep_until,
        of="project",
        reason=event.reason,
        set_by=tx.call.by,
        set_at=tx.call.at,
    )
    return Written(item=item)


async def _set(
    tx: Transaction, asked: NewRetention, *, sample_id: UUID | None, project_id: UUID | None
) -> StorageRetentionSet:
    event = StorageRetentionSet(
        sample_id=sample_id,
        project_id=project_id,
        keep_until=model.day(asked.keep_until),
        reason=asked.reason.strip(),
    )
    await store.insert_retention(tx, {name: getattr(event, name) for name in event.__struct_fields__})
    return event
