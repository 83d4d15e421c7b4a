"""Extractions: readings of a document as a sample manifest or as a submission form."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.ai.documents import AsForm, DocumentKind
from nanopore_tracking.contracts.api.base import Answer, Asked

State = Literal[
    "queued",
    "reading",
    "needs_columns",
    "needs_pages",
    "needs_password",
    "needs_review",
    "read",
    "refused",
    "cancelled",
]

Column = Annotated[str, Meta(pattern=r"^[A-Z]{1,3}$", description="A column by its letters, as spreadsheets count.")]
FieldName = Annotated[
    str, Meta(max_length=40, pattern=r"^[a-z0-9_]+$", description="A field of the manifest, such as volume_ul.")
]
SheetName = Annotated[str, Meta(min_length=1, max_length=100, description="The sheet of the workbook to be read.")]
Remember = Annotated[bool, Meta(description="Understand these headings so from now on, in files of the same lab.")]


class ColumnChoice(Asked, frozen=True, kw_only=True):
    """What one column holds, as a person says; field null: it is not to be read."""

    column: Column
    field: FieldName | None


class ChosenColumns(Asked, frozen=True, kw_only=True):
    """Say what columns hold; columns that are left out are understood by their headings, as before."""

    columns: Annotated[list[ColumnChoice], Meta(min_length=1, max_length=200)]
    remember: Remember = True


class NewExtraction(Asked, frozen=True, kw_only=True):
    """Read a document again: another sheet of it, with columns as a person says, or as a form."""

    document_id: UUID
    sheet: SheetName | None = None
    columns: Annotated[list[ColumnChoice], Meta(max_length=200)] = []
    remember: Remember = True
    as_form: AsForm = False


class ChosenPages(Asked, frozen=True, kw_only=True):
    """Say which pages of a long document hold the form."""

    pages: Annotated[str, Meta(min_length=1, max_length=200, description="Pages and spans of pages, as `1-3, 7`.")]


class GivenPassword(Asked, frozen=True, kw_only=True):
    """Open a protected document; the password is used once and kept nowhere."""

    password: Annotated[str, Meta(min_length=1, max_length=127)]


class SeenColumn(Answer, frozen=True, kw_only=True):
    """How one column of the file was understood.

    heading: as written; field: what it holds, None when it is not read; method: how that was found, `learnt` from an
    earlier choice in the same lab; candidates: the fields that it may hold, when a person must choose; unit: of its
    numbers, as written, where it is not the field's own; examples: the first values in it, as written.
    """

    column: str
    heading: str
    field: str | None
    method: Literal["exact", "synonym", "learnt", "person", "unknown"]
    candidates: list[str] = []
    unit: str | None = None
    examples: list[str] = []


class Extraction(Answer, frozen=True, kw_only=True):
    """One reading of a document.

    kind: of the document; forms (`pdf`, `docx`, pictures) wait for a review (`needs_review`), tables are handed on at
    once, unless they were to be read `as_form`.
    state: `needs_columns` waits for a person to say what the columns in `questions` hold; `needs_pages` and
    `needs_password` for what `notes` say; `cancelled`: a person gave it up; `refused` says why in `error`;
    `read` means that the rows were handed on and become a submission, found by this id.
    scan_count: pages of which only a picture is there, so that letters are recognised on them; scans_read: how many of
    them are done.
    row_count: sample rows of the table; rows_read: how far the reading is; sheet, header_row (1-based): where the
    table was found; header: what stands above it; notes: sentences about what is odd in the file; attempts: how often
    it was begun, more than once only after a service was killed while reading; submission_code: the accepted submission
    that it belongs to.
    """

    id: UUID
    document_id: UUID
    project_id: UUID
    project_code: str
    lab_id: UUID
    filename: str
    kind: DocumentKind
    as_form: bool = False
    state: State
    row_count: int | None = None
    rows_read: int = 0
    scan_count: int | None = None
    scans_read: int = 0
    needs_review_count: int = 0
    sheet: str | None = None
    sheets: list[str] = []
    header_row: int | None = None
    columns: list[SeenColumn] = []
    header: dict[str, str] = {}
    questions: list[str] = []
    notes: list[str] = []
    error: str | None = None
    attempts: int = 0
    submission_code: str | None = None
    requested_by: str
    requested_at: datetime
    finished_at: datetime | None = None
    version: int
