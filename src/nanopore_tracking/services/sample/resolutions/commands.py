"""The one thing that is done with a finding by hand: it is accepted, with a reason."""

from uuid import UUID

from nanopore_tracking.contracts.events.sample import SubmissionFindingResolved
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.findings import model
from nanopore_tracking.services.sample.findings import store as finding_store
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.submissions import model as submissions
from nanopore_tracking.services.sample.submissions import store as submission_store


async def accept(tx: Transaction, submission_id: UUID, finding_id: UUID, *, said: str, seen: int) -> Written:
    """Accept a finding with a reason, for what it says now; NotFound, Stale, or Conflict by its state."""
    reason = said.strip()
    labs.require({"reason": reason}, "reason")
    submission = await submission_store.lock_submission(tx, submission_id)
    if submission.status not in ("under_review", "questions_to_customer"):
        raise errors.Conflict(
            f"The submission {submission.code} is {submission.status.replace('_', ' ')}; its findings are resolved "
            "while it is under review. Nothing was changed.",
            type="submission-not-changeable",
            status_now=submission.status,
        )
    finding = await finding_store.lock_finding(tx, submission_id, finding_id)
    labs.match(finding.version, seen, "finding")
    model.acceptable(finding)
    await finding_store.settle(tx, [finding], way="accepted", reason=reason, by=tx.call.by)
    after = await submission_store.proceed(tx, submission, status=submission.status, due_at=submission.due_at)
    event = SubmissionFindingResolved(
        **submissions.facts(after), finding_id=finding.id, finding=finding.code, message=finding.message, reason=reason
    )
    changes = [Change("finding", finding.state, "accepted")]
    tx.announce(event, subject=submissions.subject(submission), tenant_id=submission.lab_id, changes=changes)
    item, version = await finding_store.show_finding(tx, finding_id)
    return Written(item=item, version=version)
