"""Files that belong to a submission, such as protocols, gel pictures and QC reports; nothing is read from them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from nanopore_tracking.contracts.api.base import Answer

FileKind = Literal["pdf", "png", "jpeg", "tiff", "xlsx", "docx", "text"]
FilePurpose = Literal["protocol", "gel_picture", "qc_report", "other"]


class SubmissionFile(Answer, frozen=True, kw_only=True):
    """One file of a submission.

    kind: what its content is, whatever its name says; sha256: of its content, which is kept once under this sum.
    """

    id: UUID
    submission_id: UUID
    submission_code: str
    filename: str
    kind: FileKind
    purpose: FilePurpose
    size_bytes: int
    sha256: str
    uploaded_by: str
    uploaded_at: datetime
    version: int
