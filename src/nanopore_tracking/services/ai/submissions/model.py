"""What the ai service knows of a submission."""

from dataclasses import dataclass
from uuid import UUID

from nanopore_tracking.kernel import errors


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One submission; files are added to it and seen by its lab."""

    id: UUID
    code: str
    project_id: UUID
    lab_id: UUID
    status: str


def takes_files(submission: Submission) -> None:
    """Raise Conflict unless files may be added to the submission."""
    if submission.status in ("rejected", "cancelled"):
        message = f"The submission {submission.code} is {submission.status} and takes no files. Nothing was kept."
        raise errors.Conflict(message, type="not-allowed")


def gives_files_back(submission: Submission) -> None:
    """Raise Conflict unless files may be removed from the submission."""
    if submission.status != "draft":
        message = f"The submission {submission.code} was handed in; its files stay with it. Nothing was changed."
        raise errors.Conflict(message, type="not-allowed")
