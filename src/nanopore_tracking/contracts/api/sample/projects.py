"""Projects of labs; submissions and samples belong to one each."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import ONE_LINE, Answer, Asked

ProjectStatus = Literal["active", "closed", "archived"]
DataClassification = Literal["open", "controlled", "human"]

ProjectCode = Annotated[
    str,
    Meta(
        min_length=2,
        max_length=40,
        pattern=r"^[A-Z0-9][A-Z0-9_.-]*$",
        description="Capital letters, digits, - _ and .; no other has it. Blank: the next number, like PRJ-0042.",
    ),
]
ProjectTitle = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=ONE_LINE, description="What the project is about, in a few words.")
]
Classification = Annotated[DataClassification, Meta(description="How the data must be protected.")]


class NewProject(Asked, frozen=True, kw_only=True):
    """Create a project."""

    lab_id: Annotated[UUID, Meta(description="The lab that the project belongs to, for good.")]
    title: ProjectTitle
    code: ProjectCode | None = None
    data_classification: Classification = "open"


class ProjectPatch(Asked, frozen=True, kw_only=True):
    """Change a project; what is left out stays. A project that is not active takes no new submissions and samples."""

    title: ProjectTitle | UnsetType = UNSET
    status: Annotated[ProjectStatus, Meta(description="Whether work goes on.")] | UnsetType = UNSET
    data_classification: Classification | UnsetType = UNSET
    remote_models: (
        Annotated[
            bool,
            Meta(description="The lab agrees that documents, with names in them, go to a language model elsewhere."),
        ]
        | UnsetType
    ) = UNSET


class Project(Answer, frozen=True, kw_only=True):
    """One project. submission_count: submissions that were not cancelled.

    remote_models: its documents may go to a language model elsewhere; by whom and when that was said last.
    """

    id: UUID
    code: str
    title: str
    lab_id: UUID
    lab_name: str
    status: ProjectStatus
    data_classification: DataClassification
    remote_models: bool
    remote_models_by: str | None
    remote_models_at: datetime | None
    submission_count: int
    created_at: datetime
    updated_at: datetime
    version: int
