"""Reviews: what was read from a form, value by value, and what people say to it before it becomes a submission."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.ai.documents import DocumentKind
from nanopore_tracking.contracts.api.base import Answer, Asked

ValueState = Literal["read", "blank", "needs_review", "confirmed", "corrected"]
Role = Literal["sample", "control"]


class ReviewPage(Answer, frozen=True, kw_only=True):
    """One page of the document as it is shown, in points (1/72 inch).

    scanned: it holds no text, only its picture; drawn: more than 0 where the file has no pages of its own and this one
    was drawn from its content, not as its own program shows it; its picture is asked for with that number; sheet: of a
    workbook with several.
    """

    number: int
    width_pt: float
    height_pt: float
    scanned: bool = False
    drawn: int = 0
    sheet: str = ""


class ReviewValue(Answer, frozen=True, kw_only=True):
    """One value of a form.

    field: of the form, or of the manifest where row_number is given; raw: as written; value: what it means, in the
    unit of the field's name, null where blank or not readable; unit: as written; method: how it was found; page and
    box: where it stands, [left, top, right, bottom] in points from the top left corner; place: the same in a file
    without pages, such as `B4`; confidence: 0 to 1 that it is
    right as the reader says, null where nothing was read; calibrated: the same as people found it, null where too few
    forms were looked at; automatic: why it was accepted unseen, empty where it was not; doubt: why a person must look;
    was: what was read, where a person corrected it; model: the language model that said it or agreed; unconfirmed: it
    said so, and the document does not bear it out.
    """

    id: UUID
    field: str
    row_number: int | None
    raw: str
    value: str | float | bool | list[str] | None
    unit: str | None
    method: str
    page: int | None
    box: list[float] | None
    place: str = ""
    confidence: float | None
    calibrated: float | None = None
    automatic: str = ""
    state: ValueState
    doubt: str
    was: str | None
    decided_by: str | None
    decided_at: datetime | None
    model: str | None
    unconfirmed: bool
    version: int


class ReviewRow(Answer, frozen=True, kw_only=True):
    """One row of the table of samples.

    printed: its number on the form; role: what it was taken for; dropped: a person said that it is no sample.
    """

    row_number: int
    printed: int | None
    role: Role
    dropped: bool
    version: int
    values: list[ReviewValue]


class Reviewer(Answer, frozen=True, kw_only=True):
    """Who reviews a form now, and until when they are waited for."""

    name: str
    mine: bool
    until: datetime


class ReviewQuestion(Answer, frozen=True, kw_only=True):
    """What the submitter is asked about a value, in the thread of the submission once the form is accepted."""

    id: UUID
    value_id: UUID
    field: str
    row_number: int | None
    body: str
    asked_by: str
    asked_at: datetime


class NewFormQuestion(Asked, frozen=True, kw_only=True):
    """Ask the submitter about one value of a form."""

    value_id: UUID
    body: Annotated[str, Meta(min_length=3, max_length=300, pattern=r"\S", description="What is asked.")]


class ReviewPrecedent(Answer, frozen=True, kw_only=True):
    """A decision on an earlier reading of the same document that does not hold on this one by itself.

    The same place does not say the same here, or is not there. value_id: of the value here, which waits for a decision
    of its own, null for a row and for what is not there; those are settled one by one. field: blank for a row as a
    whole; in_table: of a sample, whose row_number is null where it is not there; read_raw: what was read then,
    became_raw: what counted once it was decided.
    """

    id: UUID
    value_id: UUID | None
    field: str
    row_number: int | None
    in_table: bool
    action: Literal["confirm", "correct", "drop"]
    read_raw: str
    became_raw: str
    decided_by: str
    decided_at: datetime


class SettledPrecedent(Asked, frozen=True, kw_only=True):
    """Say that an earlier decision was looked at; take: a row that was left out is left out here too."""

    take: bool = False


class ReadAgain(Answer, frozen=True, kw_only=True):
    """A form is read once more. extraction_id: of that reading."""

    extraction_id: UUID


class Review(Answer, frozen=True, kw_only=True):
    """A form that was read.

    method, reader_version, read_at: what read it, and when; wanted_method: another one where the form was to be read by
    that and a warning says why it was not; model, prompt_version, tokens: of the language model that helped;
    vocabulary: how many learnt labels were known, meanings: the model by which texts were compared, both null where
    that was not asked for; template: whose layout was recognised, null for none; to_check: values that nobody has
    looked at and that are in doubt; warnings: sentences about what is odd in the document; precedents: what was decided
    on an earlier reading and has to be decided again.
    """

    extraction_id: UUID
    document_id: UUID
    filename: str
    document_kind: DocumentKind
    project_id: UUID
    project_code: str
    state: Literal["needs_review", "read", "refused", "cancelled"]
    error: str | None
    method: Literal["pattern", "llm", "hybrid", "rag"]
    wanted_method: Literal["pattern", "llm", "hybrid", "rag"]
    reader_version: int
    model: str | None
    prompt_version: int | None
    tokens: int | None
    vocabulary: int | None = None
    meanings: str | None = None
    read_at: datetime
    template: str | None
    template_version: int | None
    pages: list[ReviewPage]
    fields: list[ReviewValue]
    rows: list[ReviewRow]
    warnings: list[str]
    to_check: int
    reviewer: Reviewer | None
    questions: list[ReviewQuestion] = []
    precedents: list[ReviewPrecedent] = []
    submission_code: str | None
    version: int


class LearntLabel(Answer, frozen=True, kw_only=True):
    """What a label, or a heading of a table, names on the forms of a lab.

    template: the known form on which that was said, blank for none; people: how many confirmed it; weight: their
    confirmations as this facility counts them, those of different people or on different forms (apart), two of which
    are needed; believed: there are as many.
    """

    id: UUID
    lab_id: UUID
    kind: Literal["label", "heading"] = "label"
    template: str = ""
    label: str
    field: str
    people: int
    weight: int
    believed: bool
    apart: Literal["people", "forms"]
    learnt_by: str
    learnt_at: datetime
    version: int


class Progress(Answer, frozen=True, kw_only=True):
    """What a decision led to: the values that it changed, how many are still in doubt, and the review's version now.

    learnt: labels that are understood from now on, with the field that each names.
    """

    learnt: dict[str, str]
    values: list[ReviewValue]
    to_check: int
    version: int


class ReviewText(Answer, frozen=True, kw_only=True):
    """The text of each page, as it was found."""

    pages: list[str]


class TakenOver(Asked, frozen=True, kw_only=True):
    """Begin to review, or go on; take_over: also from somebody who is at it."""

    take_over: bool = False


class Decision(Asked, frozen=True, kw_only=True):
    """What a person says of one value.

    action: `confirm` it as it was read, `correct` it to `text`, or take the decision back with `undo`; version: the one
    that was seen.
    """

    value_id: UUID
    action: Literal["confirm", "correct", "undo"]
    text: Annotated[
        str, Meta(max_length=4000, description="The right value as one would write it; blank for none.")
    ] = ""
    version: Annotated[int, Meta(ge=1)]


class Decisions(Asked, frozen=True, kw_only=True):
    """Say what is right of some values; all of it or nothing."""

    decisions: Annotated[list[Decision], Meta(min_length=1, max_length=500)]


class RowDecision(Asked, frozen=True, kw_only=True):
    """Say whether a row is a sample; dropped rows become none."""

    dropped: bool
    version: Annotated[int, Meta(ge=1)]


class Rejection(Asked, frozen=True, kw_only=True):
    """Refuse a form; reason: what its sender is told."""

    reason: Annotated[str, Meta(min_length=3, max_length=1000)]
