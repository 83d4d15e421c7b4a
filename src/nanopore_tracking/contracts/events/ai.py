"""What the ai service announces."""

from typing import Literal
from uuid import UUID

import msgspec

from nanopore_tracking.kernel.events import Event


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """One value as it was read from a manifest, with where it came from.

    raw: the text as written; value: normalised (a number for numeric fields, in the unit of the field's name), None
    where blank or not readable; state: `read`, `blank` or `needs_review`; note: why it needs review;
    sheet, row (1-based, as the file's own program counts), column (`C`): the place in a table;
    page and box: the place in a form, in points from the top left corner.
    """

    raw: str = ""
    value: str | float | None = None
    state: Literal["read", "blank", "needs_review"] = "read"
    note: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    page: int | None = None
    box: tuple[float, float, float, float] | None = None


class ManifestRow(msgspec.Struct, frozen=True):
    """One sample's row: its number in the manifest (from 1) and its cells by field name."""

    row_number: int
    cells: dict[str, Cell]


class ColumnMatch(msgspec.Struct, frozen=True):
    """How a column of the file was understood: its heading, the field or None, and how that was found.

    method: the heading is the field's name, a synonym of it, or `learnt` from an earlier choice in the same lab; a
    `person` said so; or it is `unknown` and not read.
    """

    column: str
    heading: str
    field: str | None
    method: Literal["exact", "synonym", "unknown", "person", "learnt"]


class DocumentReceived(Event, frozen=True, kw_only=True):
    """A file was uploaded and is kept under the SHA-256 sum of its content; an extraction of it waits."""

    type = "ai.document_received"

    document_id: UUID
    extraction_id: UUID
    project_id: UUID
    lab_id: UUID
    filename: str
    kind: Literal["xlsx", "text_table", "pdf", "docx", "png", "jpeg", "tiff", "webp"]
    size_bytes: int
    sha256: str


class FileAdded(Event, frozen=True, kw_only=True):
    """A file was added to a submission. kind: what its content is; purpose: what the uploader says that it is for."""

    type = "ai.file_added"

    file_id: UUID
    submission_id: UUID
    lab_id: UUID
    filename: str
    kind: str
    purpose: str
    size_bytes: int
    sha256: str


class FileRemoved(Event, frozen=True, kw_only=True):
    """A file was removed from a submission that was a draft; its content is kept."""

    type = "ai.file_removed"

    file_id: UUID
    submission_id: UUID
    lab_id: UUID
    filename: str
    sha256: str


class ExtractionRequested(Event, frozen=True, kw_only=True):
    """A person asked to read a document again; sheet and columns: as the person says, where they do."""

    type = "ai.extraction_requested"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    filename: str
    sheet: str | None
    columns: dict[str, str | None]


class ColumnsNeeded(Event, frozen=True, kw_only=True):
    """A manifest cannot be read before a person says what some of its columns hold; questions: one sentence each."""

    type = "ai.columns_needed"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    filename: str
    questions: list[str]


class ColumnsChosen(Event, frozen=True, kw_only=True):
    """A person said what columns hold, by their letters; remembered: for the headings in the same lab's files."""

    type = "ai.columns_chosen"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    columns: dict[str, str | None]
    remembered: bool


class FormRead(Event, frozen=True, kw_only=True):
    """A form was read and waits for a person; method, reader_version, model: what read it; template: known by it."""

    type = "ai.form_read"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    filename: str
    method: str
    reader_version: int
    template: str | None
    row_count: int
    needs_review_count: int
    model: str | None = None
    automatic_count: int = 0


class Decided(msgspec.Struct, frozen=True):
    """What a person said of one value; row_number: of the table, None for a field of the form."""

    value_id: UUID
    field: str
    row_number: int | None
    action: Literal["confirm", "correct", "undo"]
    was: str
    became: str


class FormValuesDecided(Event, frozen=True, kw_only=True):
    """A person confirmed or corrected values of a form."""

    type = "ai.form_values_decided"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    filename: str
    decisions: list[Decided]


class FormRowDecided(Event, frozen=True, kw_only=True):
    """A person said whether a row of a form is a sample."""

    type = "ai.form_row_decided"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    filename: str
    row_number: int
    dropped: bool


class FormRejected(Event, frozen=True, kw_only=True):
    """A person refused a form; it becomes no submission."""

    type = "ai.form_rejected"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    filename: str
    reason: str


class FormLabelLearnt(Event, frozen=True, kw_only=True):
    """A correction taught what a label on the forms of a lab names; believed: it was confirmed often enough."""

    type = "ai.form_label_learnt"

    label_id: UUID
    lab_id: UUID
    label: str
    field: str
    believed: bool


class FormLabelForgotten(Event, frozen=True, kw_only=True):
    """A person said that a label does not name that field."""

    type = "ai.form_label_forgotten"

    label_id: UUID
    lab_id: UUID
    label: str
    field: str


class FormTemplateChanged(Event, frozen=True, kw_only=True):
    """What is known of a form changed, or it is known from now on."""

    type = "ai.form_template_changed"

    template_id: UUID
    name: str
    title: str


class ManifestRead(Event, frozen=True, kw_only=True):
    """A manifest was read whole; its rows follow in `ManifestRowsRead` events of the same extraction."""

    type = "ai.manifest_read"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    lab_id: UUID
    filename: str
    sha256: str
    row_count: int
    columns: list[ColumnMatch]
    header: dict[str, str]


class ManifestRowsRead(Event, frozen=True, kw_only=True):
    """Some rows of a manifest, at most 250, in order; `last` marks the end."""

    type = "ai.manifest_rows_read"

    extraction_id: UUID
    project_id: UUID
    rows: list[ManifestRow]
    last: bool


class ExtractionClaimed(Event, frozen=True, kw_only=True):
    """A reading belongs to an accepted submission from now on, and to no other."""

    type = "ai.extraction_claimed"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    submission_id: UUID
    submission_code: str


class ExtractionClaimRefused(Event, frozen=True, kw_only=True):
    """A reading cannot belong to a submission; `message` says why."""

    type = "ai.extraction_claim_refused"

    extraction_id: UUID
    submission_id: UUID
    submission_code: str
    message: str


class ExtractionReleased(Event, frozen=True, kw_only=True):
    """A reading belongs to no submission any more."""

    type = "ai.extraction_released"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    submission_id: UUID
    submission_code: str


class ManifestRefused(Event, frozen=True, kw_only=True):
    """A document could not be read as a manifest; `message` is the sentence shown to the person."""

    type = "ai.manifest_refused"

    extraction_id: UUID
    document_id: UUID
    project_id: UUID
    filename: str
    message: str
