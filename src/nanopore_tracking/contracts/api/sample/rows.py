"""Sample rows of a submission: what was submitted, what counts now, and what is wrong with it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import ONE_LINE, Answer, Asked
from nanopore_tracking.contracts.events.ai import Cell
from nanopore_tracking.contracts.manifest import Kind, Material

Level = Literal["error", "finding", "warning"]

_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

SampleName = Annotated[
    str, Meta(max_length=200, pattern=ONE_LINE, description="The submitter's name of the sample; no other row has it.")
]
SampleKind = Annotated[Kind, Meta(description="A sample to be tested, or which kind of control.")]
SampleMaterial = Annotated[Material, Meta(description="What the tube holds.")]
SampleOrganism = Annotated[
    str, Meta(max_length=200, pattern=ONE_LINE, description="The organism by its scientific name.")
]
VolumeUl = Annotated[float, Meta(ge=0, le=100_000, description="The volume in the tube.")]
QubitNgPerUl = Annotated[float, Meta(ge=0, le=100_000, description="The concentration by fluorometry.")]
NanodropNgPerUl = Annotated[float, Meta(ge=0, le=100_000, description="The concentration by absorbance, for purity.")]
Ratio = Annotated[float, Meta(ge=0, le=10, description="The purity ratio.")]
FragmentBp = Annotated[float, Meta(ge=1, le=10_000_000, description="The expected mean fragment length.")]
Buffer = Annotated[str, Meta(max_length=200, pattern=ONE_LINE, description="What the material is dissolved in.")]
RowComment = Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Anything to know about this sample.")]
CorrectionReason = Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Why the values are corrected.")]


class RowValues(Asked, frozen=True, kw_only=True):
    """One sample row as it is typed; null is blank."""

    sample_name: SampleName
    kind: SampleKind | None = None
    material: SampleMaterial | None = None
    organism: SampleOrganism | None = None
    volume_ul: VolumeUl | None = None
    qubit_ng_per_ul: QubitNgPerUl | None = None
    nanodrop_ng_per_ul: NanodropNgPerUl | None = None
    a260_a280: Ratio | None = None
    a260_a230: Ratio | None = None
    fragment_bp: FragmentBp | None = None
    buffer: Buffer | None = None
    comment: RowComment | None = None


class NewRows(Asked, frozen=True, kw_only=True):
    """Add rows at the end of a submission that is not decided."""

    rows: Annotated[list[RowValues], Meta(min_length=1, max_length=500, description="The rows, in their order.")]


class RowPatch(Asked, frozen=True, kw_only=True):
    """Correct values of a row; what is left out stays, null makes blank. What was submitted is kept beside it.

    To send a value as it is now confirms it: a value that needed review no longer does.
    """

    sample_name: SampleName | UnsetType = UNSET
    kind: SampleKind | UnsetType | None = UNSET
    material: SampleMaterial | UnsetType | None = UNSET
    organism: SampleOrganism | UnsetType | None = UNSET
    volume_ul: VolumeUl | UnsetType | None = UNSET
    qubit_ng_per_ul: QubitNgPerUl | UnsetType | None = UNSET
    nanodrop_ng_per_ul: NanodropNgPerUl | UnsetType | None = UNSET
    a260_a280: Ratio | UnsetType | None = UNSET
    a260_a230: Ratio | UnsetType | None = UNSET
    fragment_bp: FragmentBp | UnsetType | None = UNSET
    buffer: Buffer | UnsetType | None = UNSET
    comment: RowComment | UnsetType | None = UNSET
    reason: CorrectionReason = ""


class Correction(Answer, frozen=True, kw_only=True):
    """The value that counts instead of the submitted one, who set it, when and why."""

    value: str | float | None
    by: str
    at: datetime
    reason: str


class RowProblem(Answer, frozen=True, kw_only=True):
    """One thing wrong with a row.

    field: the column, or None for the whole row; level: an `error` blocks acceptance, a `finding` needs a reason at
    acceptance, a `warning` is only shown; code: stable, for programs; message: a sentence.
    """

    field: str | None
    level: Level
    code: str
    message: str


class RowsAdded(Answer, frozen=True, kw_only=True):
    """The numbers of the rows that were added; version: of the submission now."""

    row_numbers: list[int]
    version: int


class Row(Answer, frozen=True, kw_only=True):
    """One sample row.

    values: what counts now, by field; submitted: each cell as it was submitted, never changed; corrections: by field;
    alias: the name that MinKNOW will know; level: of the worst problem, None where there is none; sample_id and
    sample_code: the sample that came of it at acceptance; version: of the row, for If-Match.
    """

    submission_id: UUID
    row_number: int
    alias: str
    values: dict[str, str | float | None]
    submitted: dict[str, Cell]
    corrections: dict[str, Correction]
    problems: list[RowProblem]
    level: Level | None
    sample_id: UUID | None
    sample_code: str | None
    version: int
