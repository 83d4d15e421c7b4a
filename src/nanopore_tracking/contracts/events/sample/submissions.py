"""What the sample service announces of submissions and their rows."""

from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel.events import Event


class SubmissionEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of a submission: its state after the change.

    status: `reading`, `draft`, `under_review`, `accepted`, `rejected` or `cancelled`; row_count: sample rows;
    error_count, finding_count and warning_count: what the check found, in the header and in all rows together.
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
