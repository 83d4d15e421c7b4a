"""Submissions: a header and sample rows that are checked, corrected, and accepted or not."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import ONE_LINE, Answer, Asked
from nanopore_tracking.contracts.api.sample.rows import Level, RowValues

Status = Literal["reading", "draft", "under_review", "questions_to_customer", "accepted", "rejected", "cancelled"]
Priority = Literal["low", "normal", "high", "urgent"]
HumanDna = Literal["unknown", "no", "yes"]

_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

ExternalId = Annotated[
    str, Meta(max_length=100, pattern=ONE_LINE, description="The number of the quote or request, like HTSF--QX-901.")
]
ServiceTypeCode = Annotated[str, Meta(max_length=100, pattern=ONE_LINE, description="The service that is asked for.")]
KitCode = Annotated[
    str, Meta(max_length=100, pattern=ONE_LINE, description="The library kit that is asked for, like SQK-NBD114-24.")
]
FlowCellCode = Annotated[
    str, Meta(max_length=100, pattern=ONE_LINE, description="The flow cell that is asked for, such as FLO-MIN114.")
]
PersonName = Annotated[str, Meta(max_length=100, pattern=ONE_LINE, description="Who asks for the work.")]
Email = Annotated[
    str, Meta(max_length=200, pattern=r"^([^\s@]+@[^\s@]+)?$", description="Where questions and results go.")
]
Urgency = Annotated[Priority, Meta(description="How soon; every sample begins with it.")]
SampleType = Annotated[
    str, Meta(max_length=100, pattern=ONE_LINE, description="What the tubes hold, where all hold the same.")
]
Organism = Annotated[
    str, Meta(max_length=200, pattern=ONE_LINE, description="The organism, where all samples come from the same.")
]
SampleBuffer = Annotated[
    str, Meta(max_length=100, pattern=ONE_LINE, description="What the material is dissolved in, where it is the same.")
]
GenomeSize = Annotated[
    str, Meta(max_length=100, pattern=ONE_LINE, description="The genome size with its unit, such as 4.6 Mb.")
]
Target = Annotated[
    str, Meta(max_length=200, pattern=ONE_LINE, description="Coverage (50x), bases (10 Gb) or reads (2 M reads).")
]
HumanDnaSaid = Annotated[HumanDna, Meta(description="Whether the samples contain human DNA.")]
ChargeCodeSaid = Annotated[
    str,
    Meta(max_length=100, pattern=ONE_LINE, description="What the work is charged to; blank: as the project says."),
]
Comment = Annotated[str, Meta(max_length=4000, pattern=_LINES, description="Special needs of the whole submission.")]
GivenReason = Annotated[
    str, Meta(min_length=3, max_length=1000, pattern=_LINES, description="Why; it is kept in the history.")
]


class NewSubmission(Asked, frozen=True, kw_only=True):
    """Begin a submission by hand; it stays a draft until it is handed in."""

    project_id: Annotated[UUID, Meta(description="The project that the samples belong to.")]
    requester_name: PersonName = ""
    requester_email: Email = ""
    service_type: ServiceTypeCode = ""
    kit_requested: KitCode = ""
    flow_cell_requested: FlowCellCode = ""
    priority: Urgency = "normal"
    contains_human_dna: HumanDnaSaid = "unknown"
    material: SampleType = ""
    organism: Organism = ""
    buffer: SampleBuffer = ""
    genome_size: GenomeSize = ""
    target: Target = ""
    external_id: ExternalId = ""
    comment: Comment = ""
    charge_code: ChargeCodeSaid = ""
    rows: Annotated[list[RowValues], Meta(max_length=500, description="Sample rows; more can be added later.")] = []


class SubmissionPatch(Asked, frozen=True, kw_only=True):
    """Change the header of a submission that is not decided; what is left out stays. All rows are checked again."""

    requester_name: PersonName | UnsetType = UNSET
    requester_email: Email | UnsetType = UNSET
    service_type: ServiceTypeCode | UnsetType = UNSET
    kit_requested: KitCode | UnsetType = UNSET
    flow_cell_requested: FlowCellCode | UnsetType = UNSET
    priority: Urgency | UnsetType = UNSET
    contains_human_dna: HumanDnaSaid | UnsetType = UNSET
    material: SampleType | UnsetType = UNSET
    organism: Organism | UnsetType = UNSET
    buffer: SampleBuffer | UnsetType = UNSET
    genome_size: GenomeSize | UnsetType = UNSET
    target: Target | UnsetType = UNSET
    external_id: ExternalId | UnsetType = UNSET
    comment: Comment | UnsetType = UNSET
    charge_code: ChargeCodeSaid | UnsetType = UNSET


class Acceptance(Asked, frozen=True, kw_only=True):
    """Accept a submission: its samples are expected from now on.

    Every finding has to be resolved. A reason resolves each one that is still open, for that reason.
    """

    reason: Annotated[
        str,
        Meta(max_length=1000, pattern=_LINES, description="Why findings still open do not stand in the way; kept."),
    ] = ""


class Reason(Asked, frozen=True, kw_only=True):
    """Why a submission is rejected or cancelled."""

    reason: GivenReason


class SubmissionProblem(Answer, frozen=True, kw_only=True):
    """One thing wrong with the header; field: the header field or None; code: stable, for programs."""

    field: str | None
    level: Level
    code: str
    message: str


class ProblemSummary(Answer, frozen=True, kw_only=True):
    """How many rows have one kind of problem; example: the message of the first of them, which row_number names."""

    code: str
    level: Level
    row_count: int
    row_number: int
    example: str


class ManifestSource(Answer, frozen=True, kw_only=True):
    """The manifest that a submission was read from; document_id and extraction_id belong to the ai service."""

    extraction_id: UUID
    document_id: UUID
    filename: str
    sha256: str


class SubmissionListed(Answer, frozen=True, kw_only=True):
    """A submission as lists show it.

    row_count: sample rows; the three counts: problems of the header and of all rows; open_finding_count: findings that
    are not resolved yet; open_question_count: questions without an answer; due_at: until when it should be decided,
    None without a running clock; filename: of the manifest.
    """

    id: UUID
    code: str
    status: Status
    lab_id: UUID
    lab_name: str
    project_id: UUID
    project_code: str
    external_id: str
    service_type: str
    kit_requested: str
    requester_name: str
    priority: Priority
    row_count: int
    error_count: int
    finding_count: int
    warning_count: int
    open_finding_count: int
    open_question_count: int
    due_at: datetime | None
    overdue: bool
    filename: str | None
    created_at: datetime
    updated_at: datetime
    version: int


class Submission(SubmissionListed, frozen=True, kw_only=True):
    """One submission.

    rows_announced: rows that the manifest has, while it is being read; header: what the manifest said above its table,
    as written; problems: of the header; row_problems: of the rows, counted by kind, errors first; source: None for a
    draft by hand; intake: of an accepted one that came from a document, whether the ai service knows that the document
    belongs to it; intake_note: why that was given up; decided_by, decided_at, reason: of the acceptance, rejection or
    cancellation; catalogue_versions: of the catalogues that the last check used.
    """

    project_title: str
    flow_cell_requested: str
    requester_email: str
    contains_human_dna: HumanDna
    material: str
    organism: str
    buffer: str
    genome_size: str
    target: str
    comment: str
    charge_code: str
    rows_announced: int
    header: dict[str, str]
    problems: list[SubmissionProblem]
    row_problems: list[ProblemSummary]
    source: ManifestSource | None
    intake: Literal["under_way", "done", "undone"] | None
    intake_note: str
    catalogue_versions: dict[str, int]
    created_by: str
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
