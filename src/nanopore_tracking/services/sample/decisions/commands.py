"""What is decided of a submission: it is handed in, accepted, rejected or withdrawn."""

from dataclasses import replace
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.events.sample import (
    SubmissionAccepted,
    SubmissionCancelled,
    SubmissionEvent,
    SubmissionIntakeStarted,
    SubmissionIntakeUndone,
    SubmissionRejected,
    SubmissionReviewStarted,
    SubmissionTakenIn,
)
from nanopore_tracking.kernel import errors, sagas
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.billing import model as billing
from nanopore_tracking.services.sample.billing import store as billing_store
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.charges import store as charge_store
from nanopore_tracking.services.sample.decisions import model
from nanopore_tracking.services.sample.findings import store as finding_store
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

    Findings that are still open are resolved one by one, each for the reason. NotFound, Stale, or Conflict by its
    state, its errors, open findings without a reason, or a project that is not active.
    """
    submission = await _next(tx, submission_id, "accepted", seen=seen)
    reason = said.strip()
    model.acceptable(submission, reason)
    project = await project_store.hold_project(tx, submission.project_id)
    if project is None:
        raise errors.NotFound("There is no such project, or none that you may see. Nothing was changed.")
    projects.open_for_work(project)
    unresolved = await finding_store.unresolved(tx, submission_id)
    await finding_store.settle(tx, unresolved, way="accepted", reason=reason, by=tx.call.by)
    made = await _make_samples(tx, submission)
    after = await _decide(tx, submission, "accepted", reason=reason)
    await _charge(tx, submission, made)
    event = SubmissionAccepted(
        **submissions.facts(after),
        reason=reason,
        sample_count=made,
        catalogue_versions=dict(submission.catalogue_versions),
    )
    _announce(tx, submission, event)
    if submission.extraction_id is not None:
        asked = Intake(submission_id=submission_id, extraction_id=submission.extraction_id)
        await sagas.start(
            tx,
            INTAKE,
            key=str(submission_id),
            data=asked,
            subject=submissions.subject(submission),
            tenant_id=submission.lab_id,
        )
    return await _written(tx, submission_id)


async def _charge(tx: Transaction, submission: Submission, made: int) -> None:
    """Charge the intake of the samples."""
    said = submission.header["charge_code"]
    charge = await charge_store.charge_of(tx, submission.project_id, submission.lab_id, said=said)
    fact = billing.Fact(
        id=submission.id,
        kind="submission.accepted",
        lab_id=submission.lab_id,
        project_id=submission.project_id,
        charge_code=charge.code,
        subject_code=submission.code,
        happened_at=tx.call.at,
        quantity=made,
    )
    await billing_store.record(tx, fact, await catalogue_store.current(tx, tx.call.at.date()))


async def _make_samples(tx: Transaction, submission: Submission) -> int:
    """Make a sample of each row, linked both ways, each with its own event; return how many."""
    catalogue = await catalogue_store.current(tx, tx.call.at.date())
    rows = [stored.row() for stored in await row_store.load_rows(tx, submission.id)]
    why = await finding_store.reason_of(tx, submission.id, submissions.URGENT)
    made = await sample_store.insert_samples(tx, model.new_samples(submission, rows, catalogue, priority_reason=why))
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
    unresolved = await finding_store.count_unresolved(tx, submission.id)
    return replace(
        submission, status=status, open_finding_count=unresolved, due_at=None, version=submission.version + 1
    )


def _announce(tx: Transaction, before: Submission, event: SubmissionEvent) -> None:
    changes = [Change("status", before.status, event.status)]
    tx.announce(event, subject=submissions.subject(before), tenant_id=before.lab_id, changes=changes)


async def _written(tx: Transaction, submission_id: UUID) -> Written:
    item, version = await store.show_submission(tx, tx.call.scope, submission_id)
    return Written(item=item, version=version, location=f"/api/submissions/{submission_id}")


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """What an intake is started with: an accepted submission, and the reading that it came from."""

    submission_id: UUID
    extraction_id: UUID


async def begin_intake(tx: Transaction, at: sagas.At) -> None:
    """Ask, by an event, that the reading belongs to the accepted submission."""
    submission = await _note_intake(tx, at, "under_way")
    facts = submissions.facts(submission)
    _announce_intake(tx, submission, SubmissionIntakeStarted(**facts, extraction_id=at.data.extraction_id))


async def give_up_intake(tx: Transaction, at: sagas.At) -> None:
    """Say, by an event, that the reading does not belong to the submission; its samples stay expected."""
    submission = await _note_intake(tx, at, "undone")
    facts = submissions.facts(submission)
    event = SubmissionIntakeUndone(**facts, extraction_id=at.data.extraction_id, reason=at.cause)
    _announce_intake(tx, submission, event)


async def end_intake(tx: Transaction, at: sagas.At) -> None:
    """Note that everybody knows where the submission came from."""
    submission = await _note_intake(tx, at, "done")
    facts = submissions.facts(submission)
    _announce_intake(tx, submission, SubmissionTakenIn(**facts, extraction_id=at.data.extraction_id))


async def answer_intake(tx: Transaction, submission_id: UUID, refused: str = "") -> None:
    """Tell the intake of a submission what became of its claim. refused: why, when it was."""
    await sagas.tell(tx, INTAKE.type, key=str(submission_id), signal="answered", data={"refused": refused})


async def _note_intake(tx: Transaction, at: sagas.At, intake: str) -> Submission:
    submission = await store.lock_submission(tx, at.data.submission_id)
    await store.note_intake(tx, submission.id, intake, note=at.cause)
    return submission


def _announce_intake(tx: Transaction, submission: Submission, event: SubmissionEvent) -> None:
    tx.announce(event, subject=submissions.subject(submission), tenant_id=submission.lab_id)


#: From the acceptance of a submission that came from a document until the ai service knows that it belongs to it.
INTAKE = sagas.Saga(
    type="submission_intake",
    data=Intake,
    deadline_s=model.INTAKE_DEADLINE_S,
    steps=(
        sagas.Local(name="begin", do=begin_intake, undo=give_up_intake),
        sagas.Wait(name="claim", signal="answered", timeout_s=model.CLAIM_WAIT_S, accept=model.claim_answered),
        sagas.Local(name="end", do=end_intake),
    ),
)
