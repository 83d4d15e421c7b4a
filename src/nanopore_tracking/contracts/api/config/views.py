"""Saved views: how a person wants to see a list, for themselves or shared with the facility."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import ONE_LINE, Answer, Asked

#: The lists that can be seen so.
ListName = Literal["samples"]

ViewName = Annotated[
    str,
    Meta(min_length=1, max_length=60, pattern=ONE_LINE, description="What its owner calls it."),
]
Shared = Annotated[bool, Meta(description="Whether everybody who sees the work of all labs finds it in their list.")]
_FilterName = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
_FilterValue = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Filters = Annotated[
    dict[_FilterName, _FilterValue],
    Meta(max_length=20, description="What narrows the list: parameters of its address with their values."),
]
Order = Annotated[
    str,
    Meta(max_length=40, pattern=r"^(-?[a-z][a-z0-9_]*)?$", description="What orders it; blank: as the list does."),
]
_Column = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
Columns = Annotated[
    list[_Column], Meta(max_length=40, description="The columns in their order; none: those of the list.")
]


class NewView(Asked, frozen=True, kw_only=True):
    """Keep a view of a list under a name. Sharing it needs views.share."""

    of: Annotated[ListName, Meta(description="The list that it is a view of.")]
    name: ViewName
    shared: Shared = False
    filters: Filters = {}
    sort: Order = ""
    columns: Columns = []


class ViewPatch(Asked, frozen=True, kw_only=True):
    """Change a view of one's own; what is left out stays."""

    name: ViewName | UnsetType = UNSET
    shared: Shared | UnsetType = UNSET
    filters: Filters | UnsetType = UNSET
    sort: Order | UnsetType = UNSET
    columns: Columns | UnsetType = UNSET


class DefaultChoice(Asked, frozen=True, kw_only=True):
    """Whether one's own list begins with the view from now on."""

    is_default: Annotated[bool, Meta(description="True: instead of another one; false: with none, if it was this.")]


class View(Answer, frozen=True, kw_only=True):
    """A saved view.

    of: the list that it is a view of; owner: who made it, by name; mine: it is the caller's own, and can be changed by
    them; is_default: the caller's own list begins with it; owner_left: the owner's account is closed, so that a
    facility manager may take it over or remove it.
    """

    id: UUID
    of: ListName
    name: str
    shared: bool
    filters: dict[str, str]
    sort: str
    columns: list[str]
    owner: str
    mine: bool
    is_default: bool
    owner_left: bool = False
    updated_at: datetime
    version: int
