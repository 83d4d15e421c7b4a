"""What a saved view is, who may change it, and how it is announced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change, Subject

#: Views of one list that an account can have.
MOST_VIEWS = 100
#: What its owner may change of a view.
CHANGEABLE = ("name", "shared", "filters", "sort", "columns")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """For whom views are looked up: an account; sees_shared: it sees the work of all labs, and so what others share.

    may_share: it may show its own to others; may_tend: it may take over and remove what those shared who left.
    """

    account_id: UUID
    sees_shared: bool
    may_share: bool = False
    may_tend: bool = False


@dataclass(frozen=True, kw_only=True)
class View:
    """A view as it is stored; owner: their name; owner_left: their account is closed."""

    id: UUID
    account_id: UUID
    owner: str
    owner_left: bool
    of: str
    name: str
    shared: bool
    filters: Mapping[str, str]
    sort: str
    columns: Sequence[str]
    version: int


def cleaned(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to be kept, the name without space around it; Invalid for a blank one or a column named twice."""
    found = dict(asked)
    wrong = []
    if "name" in found:
        found["name"] = found["name"].strip()
        if not found["name"]:
            wrong.append(errors.FieldError("name", "The name must not be blank."))
    if "columns" in found and len(set(found["columns"])) != len(found["columns"]):
        wrong.append(errors.FieldError("columns", "A column stands in a list once."))
    if wrong:
        raise errors.Invalid(f"{' '.join(field.message for field in wrong)} Nothing was changed.", fields=wrong)
    return found


def require_sharing(wanted: Mapping[str, Any], reader: Reader) -> None:
    """Raise Forbidden where a view is to be shared by who may not."""
    if wanted.get("shared") and not reader.may_share:
        raise errors.Forbidden("Views are shared by the staff of the facility. Nothing was changed; keep it to you.")


def require_own(view: View, reader: Reader) -> None:
    """Raise Forbidden for the view of somebody else."""
    if view.account_id != reader.account_id:
        raise errors.Forbidden(
            f"The view {view.name} is somebody else's. Nothing was changed; save one of your own instead."
        )


def require_left(view: View, reader: Reader) -> None:
    """Raise Forbidden unless a view is one's own, or its owner left and one may tend what is left."""
    if view.account_id == reader.account_id or (view.owner_left and view.shared and reader.may_tend):
        return
    if reader.may_tend and not view.owner_left:
        raise errors.Forbidden(
            f"The view {view.name} is {view.owner}'s, whose account is open. Nothing was changed; ask them, or save "
            "one of your own instead."
        )
    require_own(view, reader)


def facts(values: Mapping[str, Any], **about: Any) -> dict[str, Any]:
    """Return what every event about a view says of it; about: view_id, account_id, of."""
    return about | {name: values[name] for name in CHANGEABLE}


def subject(view_id: UUID, name: str) -> Subject:
    """Return how events name a view."""
    return Subject("view", str(view_id), name)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what differs in `after`, field by field."""
    return tuple(Change(name, before.get(name), value) for name, value in after.items() if before.get(name) != value)
