"""What a place is, which kinds stand below which, and how positions in a box are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

from nanopore_tracking.contracts.api.sample.storage import LocationKind, LocationStatus
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject

#: kind → the kinds that it may stand in; none at all for a site.
BELOW: Mapping[LocationKind, tuple[LocationKind, ...]] = {
    "site": (),
    "room": ("site",),
    "fridge": ("room",),
    "freezer": ("room",),
    "ln2": ("room",),
    "bench": ("room",),
    "shelf": ("fridge", "freezer", "ln2", "bench"),
    "rack": ("fridge", "freezer", "ln2", "bench", "shelf"),
    "drawer": ("fridge", "freezer", "ln2", "bench", "shelf"),
    "box": ("fridge", "freezer", "ln2", "bench", "shelf", "rack", "drawer"),
}
#: Kinds that need not stand in anything.
_ON_TOP = ("site", "room")
#: What can be changed of a place.
CHANGEABLE = ("code", "name", "barcode", "parent_id", "temperature_target_c", "status")


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """A place as it is stored."""

    id: UUID
    kind: LocationKind
    code: str
    name: str
    path: str
    barcode: str
    parent_id: UUID | None
    grid_rows: int | None
    grid_columns: int | None
    temperature_target_c: float | None
    status: LocationStatus
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Where a container is: in a modelled place, at a position in a box, or somewhere that is only described.

    text: in words as they are now; blank for nowhere that is known.
    """

    text: str = ""
    location_id: UUID | None = None
    row_number: int | None = None
    column_number: int | None = None

    @property
    def key(self) -> tuple[UUID | None, int | None, int | None, str]:
        """What tells places apart, however a modelled one is called now."""
        return self.location_id, self.row_number, self.column_number, self.described

    @property
    def described(self) -> str:
        """The words, where there is nothing but words."""
        return "" if self.location_id else self.text


NOWHERE = Spot()


def subject(location: Location) -> Subject:
    """Return a place as the subject of an event."""
    return Subject("storage_location", str(location.id), location.path)


def fits(kind: LocationKind, above: Location | None) -> None:
    """Raise Invalid where a place of a kind cannot stand in another, or without one."""
    if above is None:
        if kind in _ON_TOP:
            return
        message = f"A {kind} stands in a {_either(BELOW[kind])}; say in which."
    elif above.kind in BELOW[kind]:
        return
    else:
        wanted = f"in a {_either(BELOW[kind])}" if BELOW[kind] else "in nothing else"
        message = f"A {kind} cannot stand in the {above.kind} {above.path}; it stands {wanted}."
    raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("parent_id", message)])


def grid(kind: LocationKind, rows: int | None, columns: int | None) -> None:
    """Raise Invalid unless a box, and nothing else, says how many rows and columns it has."""
    if kind == "box" and (rows is None or columns is None):
        message = "Say how many rows and columns the box has, such as 9 and 9."
    elif kind != "box" and (rows is not None or columns is not None):
        message = f"Only a box has rows and columns; a {kind} has none."
    else:
        return
    field = errors.FieldError("grid_rows" if rows is None or kind != "box" else "grid_columns", message)
    raise errors.Invalid(f"{message} Nothing was changed.", fields=[field])


def _either(kinds: tuple[str, ...]) -> str:
    return kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} or {kinds[-1]}"


def position_name(row_number: int, column_number: int) -> str:
    """Return what a position is called: C4."""
    return f"{chr(64 + row_number)}{column_number}"


def position(said: str) -> tuple[int, int] | None:
    """Return row and column of a position, None for a text that is none."""
    letter, number = said[:1].upper(), said[1:]
    if not ("A" <= letter <= "Z" and number.isascii() and number.isdecimal() and 0 < int(number) < 100):
        return None
    return ord(letter) - 64, int(number)


def spot(location: Location, said: str) -> Spot:
    """Return the place itself, or the position in a box; Invalid where the position is missing or not there."""
    if location.grid_rows is None or location.grid_columns is None:
        if said:
            _refuse_position(f"{location.path} is a {location.kind} and has no positions; leave the position out.")
        return Spot(text=location.path, location_id=location.id)
    if not said:
        _refuse_position(f"{location.path} is a box; say the position in it, such as A1.")
    found = position(said)
    if found is None or found[0] > location.grid_rows or found[1] > location.grid_columns:
        last = position_name(location.grid_rows, location.grid_columns)
        _refuse_position(f"The box {location.path} has no position {said}; it has A1 to {last}.")
    assert found is not None
    row, column = found
    text = f"{location.path}/{position_name(row, column)}"
    return Spot(text=text, location_id=location.id, row_number=row, column_number=column)


def _refuse_position(message: str) -> NoReturn:
    raise errors.Invalid(f"{message} Nothing was recorded.", fields=[errors.FieldError("position", message)])


def parts(said: str) -> tuple[str, str, str]:
    """Return a written place without space at its ends, what stands before its last part, and its first part."""
    steps = [step.strip() for step in said.strip().split("/")]
    return "/".join(steps), "/".join(steps[:-1]), steps[0]


def unknown(said: str, root: str) -> errors.Invalid:
    """Return the refusal of a path that begins in a modelled place and does not lead anywhere."""
    message = f"There is no place {said}, although there is {root}. Look at it under Storage, or scan the place."
    return errors.Invalid(f"{message} Nothing was recorded.", fields=[errors.FieldError("location", message)])


def unscanned(said: str) -> errors.Invalid:
    """Return the refusal of a position in a place that is not known."""
    message = f"No place has the barcode or path {said}, so that it has no positions."
    message += " Scan the box again, or leave the position empty."
    return errors.Invalid(f"{message} Nothing was recorded.", fields=[errors.FieldError("location", message)])


def retired(location: Location, *, children: int, containers: int) -> None:
    """Raise Conflict where a place that is to be retired is not empty."""
    if children or containers:
        counts = {"places": children, "containers": containers}
        inside = " and ".join(f"{count} {name}" for name, count in counts.items() if count)
        raise errors.Conflict(
            f"There are {inside} in {location.path}. Nothing was changed; move them out first.", type="not-empty"
        )


def told(location: Location) -> dict[str, Any]:
    """Return what an event says of a place."""
    names = ("kind", "code", "name", "path", "barcode", "parent_id", "grid_rows", "grid_columns",
             "temperature_target_c", "status")  # fmt: skip
    return {"location_id": location.id} | {name: getattr(location, name) for name in names}
