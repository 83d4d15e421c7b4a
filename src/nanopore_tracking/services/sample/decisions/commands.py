"""What is decided of a submission: it is handed in, accepted, rejected or withdrawn."""

from dataclasses import replace
from uuid import UUID

from nanopore_tracking.contracts.events.sample import (
    SubmissionAccepted,
    SubmissionCancelled,
    SubmissionEvent,
    SubmissionRejected,
    SubmissionReviewStarted,
)
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.decisions import model
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.projects import model as projects
from nanopore_tracking.services.sample.projects import store as project_store
from nanopore_tracking.services.sample.rows import store as row_store
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.submissions import model as submissions
from nanopore_tracking.services.sample.submissions import store
from nanopore_tracking.services.sample.submissions.model import Submission


async def hand_in(tx: Transaction, submission_id: UUID, *, seen: int) -> Written:
    """Hand a draft in, whatever the check finds: its errors are corrected under review. NotFound, Stale or Conflict."""
    submission = await _next(tx, submission_id, "under_review", seen=seen)
    checked = await store.check(tx, submission, status="under_review")
    _announce(tx, submission, SubmissionReviewStarted(**submissions.facts(checked)))
    return await _written(tx, submission_id)


async def accept(tx: Transaction, submission_id: UUID, said: str, *, seen: int) -> Written:
    """Accept a submission: all its samples are expected from now on, or none where anything stands in the way.

    NotFound, Stale, or Conflict by its state, its errors, findings without a reason, or a project that is not active.
    """
    submission = await _next(tx, submission_id, "accepted", seen=seen)
    reason = said.strip()
    model.acceptable(submission, reason)
    project = await project_store.hold_project(tx, submission.project_id)
    if project is None:
        raise errors.NotFound("There is no such project, or none that you may see. Nothing was changed.")
    projects.open_for_work(project)
    made = await _make_samples(tx, submission)
    after = await _decide(tx, submission, "accepted", reason=reason)
    event = SubmissionAccepted(
        **submissions.facts(after),
        reason=reason,
        sample_count=made,
        catalogue_versions=dict(submission.catalogue_versions),
    )
    _announce(tx, submission, event)
    return await _written(tx, submission_id)


async def _make_samples(tx: Transaction, submission: Submission) -> int:
    """Make a sample of each row, linked both ways, each with its own event; return how many."""
    catalogue = await catalogue_store.current(tx, tx.call.at.date())
    rows = [stored.row() for stored in await row_store.load_rows(tx, submission.id)]
    made = await sample_store.insert_samples(tx, model.new_samples(submission, rows, catalogue))
    await row_store.link_samples(
        tx, submission.id, {row.row_number: given for row, given in zip(rows, made, strict=True)}
    )
    return len(made)


async def reject(tx: Transaction, submission_id: UUID, said: str, *, seen: int) -> Written:
    """Reject a submission that waits for a decision; NotFound, Stale or Conflict."""
    reason = _reason(said)
    submission = await _next(tx, submission_id, "rejected", seen=seen)
    after = await _decide(tx, submission, "rejected", reason=reason)
    _announce(tx, submission, SubmissionRejected(**submissions.facts(after), reason=reason))
    return await _written(tx, submission_id)


async def cancel(tx: Transaction, submission_id: UUID, said: str, *, seen: int) -> Written:
    """Withdraw a submission that is not decided; NotFound, Stale or Conflict."""
    reason = _reason(said)
    submission = await _next(tx, submission_id, "cancelled", seen=seen)
    after = await _decide(tx, submission, "cancelled", reason=reason)
    _announce(tx, submission, SubmissionCancelled(**submissions.facts(after), reason=reason))
    return await _written(tx, submission_id)


def _reason(said: str) -> str:
    reason = said.strip()
    labs.require({"reason": reason}, "reason")
    return reason


async def _next(tx: Transaction, submission_id: UUID, to: str, *, seen: int) -> Submission:
    """Return the submission, locked, when the state `to` may follow and nobody changed it since it was read."""
    submission = await store.lock_submission(tx, submission_id)
    submissions.may_follow(submission, to)
    labs.match(submission.version, seen, "submission")
    return submission


async def _decide(tx: Transaction, submission: Submission, status: str, *, reason: str) -> Submission:
    await store.decide(tx, submission.id, status=status, reason=reason)
    return replace(submission, status=status, version=submission.version + 1)


def _announce(tx: Transaction, before: Submission, event: SubmissionEvent) -> None:
    changes = [Change("status", before.status, event.status)]
    tx.announce(event, subject=submissions.subject(before), tenant_id=before.lab_id, changes=changes)


async def _written(tx: Transaction, submission_id: UUID) -> Written:
    item, version = await store.show_submission(tx, tx.call.scope, submission_id)
    return Written(item=item, version=version, location=f"/api/submissions/{submission_id}")
