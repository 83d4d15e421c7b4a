"""What a lab is, and how texts are cleaned and changes told; the other nouns use these too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change


@dataclass(frozen=True, kw_only=True)
class Lab:
    """A lab as it is stored."""

    id: UUID
    name: str
    pi_name: str
    pi_email: str
    organisation: str
    active: bool
    version: int


def asked(message: msgspec.Struct) -> dict[str, Any]:
    """Return what was asked for, by field: texts without space around them, what was left out is not in it."""
    return {
        name: value.strip() if isinstance(value, str) else value
        for name in message.__struct_fields__
        if (value := getattr(message, name)) is not msgspec.UNSET
    }


def require(values: Mapping[str, Any], *names: str) -> None:
    """Raise Invalid for every named text that is there and blank."""
    blank = [name for name in names if name in values and not values[name]]
    if blank:
        fields = [errors.FieldError(name, "This must not be blank.") for name in blank]
        raise errors.Invalid(f"{' and '.join(blank)} must not be blank. Nothing was changed.", fields=fields)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what differs in `after`, field by field, in its order."""
    return tuple(Change(name, before.get(name), value) for name, value in after.items() if before.get(name) != value)


def match(found: int, seen: int, what: str) -> None:
    """Raise Stale unless the version that the caller saw is the one that is stored."""
    if found != seen:
        raise errors.Stale(
            f"Someone changed this {what} since you read it. Nothing was changed; read it again and repeat.",
            version=found,
        )
