"""What can be said in the thread of a submission: a question to the customer, its answer, a note of the facility."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from nanopore_tracking.contracts.api.sample.findings import NewQuestion
from nanopore_tracking.contracts.events.ai_readings import FormQuestionsAsked
from nanopore_tracking.contracts.events.sample import (
    MessageState,
    SubmissionEvent,
    SubmissionNoteAdded,
    SubmissionQuestionAnswered,
    SubmissionQuestionAsked,
)
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.clocks import store as clock_store
from nanopore_tracking.services.sample.findings import model as findings
from nanopore_tracking.services.sample.findings import store as finding_store
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.questions import model, store
from nanopore_tracking.services.sample.submissions import model as submissions
from nanopore_tracking.services.sample.submissions import store as submission_store
from nanopore_tracking.services.sample.submissions.model import Submission

Side = Literal["facility", "customer"]
ASKED = "questions_to_customer"


async def ask(tx: Transaction, submission_id: UUID, asked: NewQuestion, *, seen: int) -> Written:
    """Ask the customer; the clock stands still until the answer. NotFound, Stale or Conflict."""
    submission = await submission_store.lock_submission(tx, submission_id)
    if submission.status != ASKED:
        submissions.may_follow(submission, ASKED)
    labs.match(submission.version, seen, "submission")
    about = await finding_store.lock_findings(tx, submission_id, asked.finding_ids) if asked.finding_ids else []
    for finding in about:
        findings.askable(finding)
    question = _message(tx, asked.body, side="facility")
    await store.insert_message(
        tx, submission_id, question, kind="question", finding_ids=[finding.id for finding in about]
    )
    await finding_store.settle(tx, about, way="asked", reason=question.body, by=tx.call.by, message_id=question.id)
    clock = await clock_store.lock_clock(tx, clock_store.submission(submission_id))
    if clock is not None and clock.paused is None:
        await clock_store.pause(tx, clock, "customer_question", note=question.body)
    after = await submission_store.proceed(tx, submission, status=ASKED, due_at=None)
    codes = [finding.code for finding in about]
    event = SubmissionQuestionAsked(**submissions.facts(after), question=question, findings=codes)
    return await _announced(tx, submission, event=event, said=question)


async def ask_of_form(tx: Transaction, asked: FormQuestionsAsked) -> None:
    """Ask the customer what a reviewer wanted to know about a form, unless its submission is decided."""
    submission_id = await submission_store.find_extraction(tx, asked.extraction_id)
    if submission_id is None:
        raise errors.NotFound(f"There is no submission of the extraction {asked.extraction_id}.")
    submission = await submission_store.lock_submission(tx, submission_id)
    if submission.status in ("under_review", ASKED):
        question = NewQuestion(body=model.about_form(asked.filename, asked.questions))
        await ask(tx, submission_id, question, seen=submission.version)


async def answer(
    tx: Transaction, submission_id: UUID, question_id: UUID, *, body: str, side: Side, by: str = "", seen: int | None
) -> Written:
    """Answer a question, which resolves the findings that it was about; the clock runs on with the last answer.

    by: who answers, the caller if blank; seen: the version of the submission that they saw, None where they saw none.
    """
    submission = await submission_store.lock_submission(tx, submission_id)
    if seen is not None:
        labs.match(submission.version, seen, "submission")
    question = model.answerable(await store.find_question(tx, submission_id, question_id))
    if submission.status != ASKED:
        message = f"The submission {submission.code} is {submission.status}; its questions need no answer any more."
        raise errors.Conflict(f"{message} Nothing was changed.", type="submission-not-changeable")
    said = _message(tx, body, side=side, by=by, answers=question_id)
    await store.insert_message(tx, submission_id, said, kind="answer")
    about = await _asked_about(tx, question)
    await finding_store.settle(tx, about, way="answered", reason=said.body, by=said.written_by, message_id=said.id)
    after = await _go_on(tx, submission)
    event = SubmissionQuestionAnswered(
        **submissions.facts(after),
        question=question.state,
        answer=said,
        findings=[finding.code for finding in about],
    )
    return await _announced(tx, submission, event=event, said=said)


async def _asked_about(tx: Transaction, question: model.Question) -> list[findings.Finding]:
    """Return the findings that wait for this answer; those that went away meanwhile need none."""
    waiting = await finding_store.unresolved(tx, question.submission_id)
    return [finding for finding in waiting if finding.state == "asked" and finding.id in question.finding_ids]


async def _go_on(tx: Transaction, submission: Submission) -> Submission:
    """Let the review go on when no other question is open."""
    if submission.open_question_count > 1:
        return await submission_store.proceed(tx, submission, status=ASKED, due_at=None)
    clock = await clock_store.lock_clock(tx, clock_store.submission(submission.id))
    due_at = await clock_store.resume(tx, clock) if clock is not None else None
    return await submission_store.proceed(tx, submission, status="under_review", due_at=due_at)


async def note(tx: Transaction, submission_id: UUID, body: str) -> Written:
    """Note something that only the facility reads; NotFound."""
    submission = await submission_store.lock_submission(tx, submission_id)
    said = _message(tx, body, side="facility")
    await store.insert_message(tx, submission_id, said, kind="note")
    event = SubmissionNoteAdded(**submissions.facts(submission), note=said)
    return await _announced(tx, submission, event=event, said=said)


def _message(tx: Transaction, body: str, *, side: Side, by: str = "", answers: UUID | None = None) -> MessageState:
    text = body.strip()
    labs.require({"body": text}, "body")
    return MessageState(
        id=uuid7(),
        body=text,
        side=side,
        written_by=by or tx.call.by,
        written_at=tx.call.at,
        answers=answers,
    )


async def _announced(tx: Transaction, before: Submission, *, event: SubmissionEvent, said: MessageState) -> Written:
    changes: Sequence[Change] = labs.changes({"status": before.status}, {"status": event.status})
    tx.announce(event, subject=submissions.subject(before), tenant_id=before.lab_id, changes=changes)
    return Written(item=await store.show_message(tx, said.id))
