"""What may be added to a submission, told from its content."""

from dataclasses import dataclass
from uuid import UUID

from nanopore_tracking.contracts.api.ai.files import FileKind, FilePurpose
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.ai.documents import model as documents

_TAKEN = "PDF, pictures (PNG, JPEG, TIFF), XLSX, DOCX and plain text are taken. Nothing was kept."
_KINDS: tuple[tuple[bytes, FileKind], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES: dict[FileKind, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "tiff": "image/tiff",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "text": "text/plain",
}


@dataclass(frozen=True, kw_only=True)
class Added:
    """A file that was taken in and is kept already."""

    submission_id: UUID
    filename: str
    kind: FileKind
    purpose: FilePurpose
    size_bytes: int
    sha256: str


def kind_of(head: bytes, end: bytes) -> FileKind:
    """Return what a file is, from its first and last bytes; UnsupportedMedia with a sentence for what is not taken."""
    if not head:
        raise errors.Invalid("The file is empty. Nothing was kept.")
    for mark, kind in _KINDS:
        if head.startswith(mark):
            return kind
    if head.startswith(b"PK\x03\x04"):
        for part, kind in documents.PARTS:
            if part in end:
                return kind
        raise errors.UnsupportedMedia(f"This is an archive, but no workbook and no text document. {_TAKEN}")
    alien = documents.alien(head)
    if alien:
        raise errors.UnsupportedMedia(f"This is {alien}. {_TAKEN}")
    return "text"
