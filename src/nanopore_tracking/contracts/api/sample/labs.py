"""Labs: who may see what. A lab is the tenant that projects, submissions and samples belong to."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import ONE_LINE, Answer, Asked

LabName = Annotated[
    str, Meta(min_length=1, max_length=100, pattern=ONE_LINE, description="The lab's name; no other has it.")
]
PiName = Annotated[str, Meta(min_length=1, max_length=100, pattern=ONE_LINE, description="The principal investigator.")]
PiEmail = Annotated[
    str, Meta(max_length=200, pattern=r"^([^\s@]+@[^\s@]+)?$", description="The investigator's e-mail address.")
]
Organisation = Annotated[
    str, Meta(max_length=200, pattern=ONE_LINE, description="The institute or company that the lab belongs to.")
]


class NewLab(Asked, frozen=True, kw_only=True):
    """Create a lab."""

    name: LabName
    pi_name: PiName
    pi_email: PiEmail = ""
    organisation: Organisation = ""


class LabPatch(Asked, frozen=True, kw_only=True):
    """Change a lab; what is left out stays. A lab that is not active takes no new projects and submissions."""

    name: LabName | UnsetType = UNSET
    pi_name: PiName | UnsetType = UNSET
    pi_email: PiEmail | UnsetType = UNSET
    organisation: Organisation | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class Lab(Answer, frozen=True, kw_only=True):
    """One lab. project_count: all of its projects, whatever their status."""

    id: UUID
    name: str
    pi_name: str
    pi_email: str
    organisation: str
    active: bool
    project_count: int
    created_at: datetime
    updated_at: datetime
    version: int
