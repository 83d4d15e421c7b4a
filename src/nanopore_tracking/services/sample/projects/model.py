"""What a project is, and when it takes new work."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from nanopore_tracking.kernel import errors


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project as it is stored, with what is needed of its lab.

    remote_models: its documents may go to a language model elsewhere; by whom and when that was said last.
    """

    id: UUID
    code: str
    title: str
    lab_id: UUID
    lab_active: bool
    status: str
    data_classification: str
    version: int
    remote_models: bool = False
    remote_models_by: str | None = None
    remote_models_at: datetime | None = None


def open_for_work(project: Project) -> None:
    """Raise Conflict unless the project and its lab are active."""
    if project.status != "active":
        raise errors.Conflict(
            f"The project {project.code} is {project.status} and takes no new work. Nothing was changed; "
            "set its status to active first.",
            type="project-not-active",
        )
    if not project.lab_active:
        raise errors.Conflict(
            f"The lab of project {project.code} is not active and takes no new work. Nothing was changed; make the lab "
            "active first.",
            type="lab-not-active",
        )


def numbered(number: int) -> str:
    """Return the code of a project that was given none: `PRJ-0042`."""
    return f"PRJ-{number:04d}"
