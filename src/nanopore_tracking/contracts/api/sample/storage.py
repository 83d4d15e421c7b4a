"""Storage: the tree of places, what there is room for, and what stands in a box."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import ONE_LINE, Answer, Asked

LocationKind = Literal["site", "room", "fridge", "freezer", "ln2", "bench", "shelf", "rack", "drawer", "box"]
LocationStatus = Literal["active", "retired"]

LocationCode = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=40,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$",
        description="What is written on it; no other place beside it has it.",
    ),
]
LocationName = Annotated[str, Meta(max_length=100, pattern=ONE_LINE, description="What it is called besides.")]
Barcode = Annotated[
    str, Meta(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$", description="The barcode on it, to be scanned.")
]
Target = Annotated[float, Meta(ge=-273.15, le=100, description="The temperature that it is set to.")]
Position = Annotated[
    str, Meta(pattern=r"^[A-Za-z][0-9]{1,2}$", description="A letter for the row and a number for the column, like C4.")
]


class NewLocation(Asked, frozen=True, kw_only=True):
    """Create a place. A box needs grid_rows and grid_columns; no other kind has them."""

    kind: Annotated[LocationKind, Meta(description="What it is.")]
    code: LocationCode
    parent_id: Annotated[UUID | None, Meta(description="The place that it stands in; a site stands in none.")] = None
    name: LocationName = ""
    barcode: Barcode = ""
    grid_rows: Annotated[int, Meta(ge=1, le=26, description="Rows of a box, from A on.")] | None = None
    grid_columns: Annotated[int, Meta(ge=1, le=50, description="Columns of a box, from 1 on.")] | None = None
    temperature_target_c: Target | None = None


class LocationPatch(Asked, frozen=True, kw_only=True):
    """Change, move (parent_id) or retire (status) a place; what is left out stays."""

    code: LocationCode | UnsetType = UNSET
    name: LocationName | UnsetType = UNSET
    barcode: Barcode | UnsetType = UNSET
    parent_id: Annotated[UUID, Meta(description="Where it stands from now on.")] | UnsetType = UNSET
    temperature_target_c: Target | UnsetType | None = UNSET
    status: Annotated[LocationStatus, Meta(description="Retired: it must be empty.")] | UnsetType = UNSET


class Above(Answer, frozen=True, kw_only=True):
    """A place that another one stands in."""

    id: UUID
    kind: LocationKind
    code: str


class Location(Answer, frozen=True, kw_only=True):
    """One place. path: the codes from the top down; capacity and used: positions of all boxes in it, and containers.

    used counts containers that stand outside of boxes too, such as on a shelf; free: positions without a container.
    """

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
    child_count: int
    capacity: int
    used: int
    free: int
    above: list[Above]
    updated_at: datetime
    version: int


class Cell(Answer, frozen=True, kw_only=True):
    """A position with a container. subject_name: of a sample; since: when it came there; findings: not yet judged."""

    position: str
    row_number: int
    column_number: int
    container_id: UUID
    barcode: str
    subject_kind: str
    subject_code: str
    subject_name: str
    lab_name: str
    stage: str
    status: str
    since: datetime | None
    person: str
    findings: int


class BoxMap(Answer, frozen=True, kw_only=True):
    """A box with what stands in it; positions without a cell are free."""

    id: UUID
    code: str
    path: str
    barcode: str
    grid_rows: int
    grid_columns: int
    temperature_target_c: float | None
    cells: list[Cell]
    version: int


class Placement(Asked, frozen=True, kw_only=True):
    """One tube and where it goes; without a position to the first free one after the tube before it."""

    barcode: Annotated[str, Meta(min_length=1, max_length=100, pattern=ONE_LINE, description="The scanned code.")]
    position: Position | None = None


class Placements(Asked, frozen=True, kw_only=True):
    """Put scanned tubes into a box, all at once; one that cannot be put there stops none of the others."""

    placements: Annotated[list[Placement], Meta(min_length=1, max_length=144, description="In the order of scanning.")]
    note: Annotated[str, Meta(max_length=1000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")] = ""


class Placed(Answer, frozen=True, kw_only=True):
    """What became of one scanned tube; reason: a stable word, message: a sentence, both blank where it was placed."""

    barcode: str
    position: str
    subject_code: str
    placed: bool
    reason: Literal["", "unknown", "twice", "occupied", "no-such-position", "full", "not-allowed"]
    message: str


class PlacementResult(Answer, frozen=True, kw_only=True):
    """What became of each scanned tube, in the order of scanning."""

    path: str
    placed: int
    refused: int
    results: list[Placed]
