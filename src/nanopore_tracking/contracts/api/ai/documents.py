"""Documents: files that were uploaded for a project, kept as they came."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer

DocumentKind = Literal["xlsx", "text_table", "pdf", "docx", "png", "jpeg", "tiff", "webp"]

#: The name of an uploaded file as its owner calls it; folders and control characters in it are dropped.
FileName = Annotated[str, Meta(max_length=4096, description="The file's name; folders in it are dropped.")]

#: Of a workbook or a text that holds more than a table of samples.
AsForm = Annotated[
    bool,
    Meta(
        description="Read a workbook or a text as a form: a person looks at each value beside its place before it "
        "counts. Other kinds are forms in any case."
    ),
]


class Document(Answer, frozen=True, kw_only=True):
    """One uploaded file.

    kind: what its content is, whatever its name says; sha256: of its content, which is kept once under this sum;
    extraction_id: the newest reading of it; note: what a person should know, such as that the same file was there.
    """

    id: UUID
    project_id: UUID
    project_code: str
    lab_id: UUID
    filename: str
    kind: DocumentKind
    size_bytes: int
    sha256: str
    uploaded_by: str
    uploaded_at: datetime
    extraction_id: UUID
    note: str | None = None


class DocumentLimits(Answer, frozen=True, kw_only=True):
    """What an uploaded document or file of a submission may be here, as the facility has set it."""

    max_bytes: int
    max_mb: int
