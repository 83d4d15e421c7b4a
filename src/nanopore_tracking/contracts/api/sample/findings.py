"""Findings and the thread of a submission: what has to be resolved, what the customer was asked, what was answered."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.submissions import GivenReason

_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

FindingState = Literal["open", "asked", "answered", "accepted"]
MessageKind = Literal["question", "answer", "note"]
Body = Annotated[str, Meta(min_length=1, max_length=4000, pattern=_LINES, description="What is said.")]


class Finding(Answer, frozen=True, kw_only=True):
    """One thing that must be resolved before a submission is accepted.

    subject: `header` or `rows`; code: stable, for programs; field: of the header, blank for rows; message: a sentence,
    that of the first row where it is of rows; row_count, row_number: how many rows have it, and the first of them.
    state: `open`; `asked` while the customer has not answered; `answered`, or `accepted` with a reason, which both
    resolve it for what it says now. resolved_by, resolved_at, reason: who did so, when, and why.
    """

    id: UUID
    submission_id: UUID
    subject: Literal["header", "rows"]
    code: str
    field: str
    message: str
    row_count: int
    row_number: int | None
    state: FindingState
    resolved: bool
    resolved_by: str
    resolved_at: datetime | None
    reason: str
    version: int


class FindingAcceptance(Asked, frozen=True, kw_only=True):
    """Accept one finding: it does not stand in the way, for this reason."""

    reason: GivenReason


class NewQuestion(Asked, frozen=True, kw_only=True):
    """Ask the customer; the clock of the submission stands still until the answer. finding_ids: what it is about."""

    body: Body
    finding_ids: Annotated[list[UUID], Meta(max_length=100, description="The findings that it is about.")] = []


class NewAnswer(Asked, frozen=True, kw_only=True):
    """Answer a question; the findings that it was about are resolved by the answer."""

    body: Body


class NewNote(Asked, frozen=True, kw_only=True):
    """Note something that only the facility reads."""

    body: Body


class Message(Answer, frozen=True, kw_only=True):
    """One message of the thread of a submission.

    kind: a `question` to the customer, an `answer`, or a `note` that only the facility reads; answers: the question,
    None but for an answer; answered: whether a question has its answer; side: who wrote it, `facility` or `customer`.
    """

    id: UUID
    submission_id: UUID
    kind: MessageKind
    answers: UUID | None
    answered: bool
    finding_ids: list[UUID]
    side: Literal["facility", "customer"]
    body: str
    written_by: str
    written_at: datetime
