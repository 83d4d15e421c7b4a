"""What the ai service knows of a project."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from nanopore_tracking.kernel import errors


@dataclass(frozen=True, kw_only=True)
class Project:
    """One project; documents are uploaded for it and seen by its lab.

    remote_models: its documents may go to a language model elsewhere; by whom and when that was said last.
    """

    id: UUID
    lab_id: UUID
    code: str
    title: str
    status: str
    remote_models: bool = False
    remote_models_by: str | None = None
    remote_models_at: datetime | None = None


def refuse_closed(project: Project) -> None:
    """Raise Conflict unless the project takes new documents."""
    if project.status != "active":
        raise errors.Conflict(
            f"The project {project.code} is {project.status} and takes no documents. Nothing was kept."
        )
