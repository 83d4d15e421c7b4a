"""What the sample service announces of submissions and their rows."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from nanopore_tracking.kernel.events import Event


class SubmissionEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of a submission: its state after the change.

    status: `reading`, `draft`, `under_review`, `questions_to_customer`, `accepted`, `rejected` or `cancelled`;
    row_count: sample rows; error_count, finding_count and warning_count: what the check found, in the header and in
    all rows together; open_finding_count: findings that nobody resolved yet; charge_code: blank where it is that of the
    project; due_at: until when it should be decided, None without a running clock.
    """

    submission_id: UUID
    code: str
    project_id: UUID
    lab_id: UUID
    status: str
    service_type: str
    kit_requested: str
    flow_cell_requested: str
    requester_name: str
    requester_email: str
    priority: str
    row_count: int
    error_count: int
    finding_count: int
    warning_count: int
    open_finding_count: int = 0
    charge_code: str = ""
    due_at: datetime | None = None


class SubmissionCreated(SubmissionEvent, frozen=True, kw_only=True):
    """A submission was begun: by hand as a draft, or from a manifest that was read; its header is in here."""

    type = "submission.created"

    external_id: str
    extraction_id: UUID | None
    document_id: UUID | None
    filename: str | None
    sha256: str | None
    header: dict[str, str]


class SubmissionChanged(SubmissionEvent, frozen=True, kw_only=True):
    """The header of a submission was changed; the changes say which fields."""

    type = "submission.changed"


class SubmissionReviewStarted(SubmissionEvent, frozen=True, kw_only=True):
    """A submission is complete and waits for a decision: its manifest is read whole, or its draft was handed in."""

    type = "submission.review_started"


class SubmissionAccepted(SubmissionEvent, frozen=True, kw_only=True):
    """A submission was accepted and its samples are expected.

    reason: why the findings do not stand in the way, blank where there were none; sample_count: samples created by it;
    catalogue_versions: the version of each catalogue that it was checked with.
    """

    type = "submission.accepted"

    reason: str
    sample_count: int
    catalogue_versions: dict[str, int]


class SubmissionIntakeStarted(SubmissionEvent, frozen=True, kw_only=True):
    """The intake of an accepted submission has begun: what it was read from shall belong to it alone."""

    type = "submission.intake_started"

    extraction_id: UUID


class SubmissionTakenIn(SubmissionEvent, frozen=True, kw_only=True):
    """An accepted submission is taken in: its samples are expected, and what it was read from belongs to it."""

    type = "submission.taken_in"

    extraction_id: UUID


class SubmissionIntakeUndone(SubmissionEvent, frozen=True, kw_only=True):
    """The intake of an accepted submission was given up; what it was read from does not belong to it."""

    type = "submission.intake_undone"

    extraction_id: UUID
    reason: str


class SubmissionRejected(SubmissionEvent, frozen=True, kw_only=True):
    """A submission was rejected; no sample was created."""

    type = "submission.rejected"

    reason: str


class SubmissionCancelled(SubmissionEvent, frozen=True, kw_only=True):
    """A submission was withdrawn before it was accepted; no sample was created."""

    type = "submission.cancelled"

    reason: str


class RowState(msgspec.Struct, frozen=True):
    """One sample row: its number and its values by field name, as they count now."""

    row_number: int
    values: dict[str, Any]


class SubmissionRowsAdded(SubmissionEvent, frozen=True, kw_only=True):
    """Rows were added by hand."""

    type = "submission.rows_added"

    rows: list[RowState]


class SubmissionRowCorrected(SubmissionEvent, frozen=True, kw_only=True):
    """Values of a row were corrected; what was submitted is kept beside them. The changes say which fields."""

    type = "submission.row_corrected"

    row: RowState
    reason: str


class SubmissionRowRemoved(SubmissionEvent, frozen=True, kw_only=True):
    """A row was removed before the submission was accepted; its last values are in here."""

    type = "submission.row_removed"

    row: RowState


class SubmissionFindingResolved(SubmissionEvent, frozen=True, kw_only=True):
    """A person accepted one finding with a reason; finding: its code."""

    type = "submission.finding_resolved"

    finding_id: UUID
    finding: str
    message: str
    reason: str


class MessageState(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the thread; answers: the question that an answer belongs to; side: who wrote it."""

    id: UUID
    body: str
    side: Literal["facility", "customer"]
    written_by: str
    written_at: datetime
    answers: UUID | None = None


class SubmissionQuestionAsked(SubmissionEvent, frozen=True, kw_only=True):
    """The customer was asked something, and the clock stands still; findings: codes of those that it is about."""

    type = "submission.question_asked"

    question: MessageState
    findings: list[str]


class SubmissionQuestionAnswered(SubmissionEvent, frozen=True, kw_only=True):
    """A question was answered, which resolves its findings; the clock runs again when no other one is open."""

    type = "submission.question_answered"

    question: MessageState
    answer: MessageState
    findings: list[str]


class SubmissionNoteAdded(SubmissionEvent, frozen=True, kw_only=True):
    """The facility noted something that the customer does not read."""

    type = "submission.note_added"

    note: MessageState
