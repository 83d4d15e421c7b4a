"""What the sample service announces of labs and their projects."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from nanopore_tracking.kernel.events import Event


class LabChanged(Event, frozen=True, kw_only=True):
    """A lab was created or its name or state changed; the whole lab is in here."""

    type = "lab.changed"

    lab_id: UUID
    name: str
    pi_name: str
    pi_email: str = ""
    organisation: str = ""
    active: bool


class ProjectChanged(Event, frozen=True, kw_only=True):
    """A project was created or changed; the whole project is in here.

    remote_models: its documents may go to a language model elsewhere; by whom and when that was said last.
    """

    type = "project.changed"

    project_id: UUID
    lab_id: UUID
    code: str
    title: str
    status: str
    data_classification: Literal["open", "controlled", "human"] = "open"
    remote_models: bool = False
    remote_models_by: str | None = None
    remote_models_at: datetime | None = None
