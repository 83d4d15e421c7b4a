"""Many libraries at once: set to another state with a look ahead, and measured by a grid that is checked."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.chain import LibraryState, Lines, Named
from nanopore_tracking.contracts.api.sample.edits import Cell, CellProblem
from nanopore_tracking.contracts.api.sample.measurements import Method

#: Libraries of one request, and rows of one grid, each of which is several measurements.
MOST = 200
MOST_ROWS = 96

To = Annotated[LibraryState, Meta(description="The state to go to.")]
Why = Annotated[Lines, Meta(description="Why; it is kept in the history of each.")]
Override = Annotated[bool, Meta(description="Go on although requirements are missing, as for one library.")]

#: The columns of the grid; the last part is the unit.
LibraryField = Literal["qubit_ng_per_ul", "volume_ul", "fragment_mean_bp"]


class LibrarySeen(Asked, frozen=True, kw_only=True):
    """A library as it was seen; one that somebody changed since is refused."""

    library: Annotated[Named, Meta(description="The code of the library.")]
    version: Annotated[int, Meta(ge=1, description="Which version was seen.")]


class LibrariesAhead(Asked, frozen=True, kw_only=True):
    """Ask what would become of libraries that are set to another state; nothing is changed."""

    libraries: Annotated[
        list[Annotated[Named, Meta(description="The code of a library.")]], Meta(min_length=1, max_length=MOST)
    ]
    to: To
    reason: Why = ""
    override: Override = False


class LibrariesStep(Asked, frozen=True, kw_only=True):
    """Set libraries to another state, each by itself through the same gates as one; what is refused stays as it is."""

    libraries: Annotated[list[LibrarySeen], Meta(min_length=1, max_length=MOST)]
    to: To
    reason: Why = ""
    override: Override = False


class LibraryStepped(Answer, frozen=True, kw_only=True):
    """What becomes of one library, in the order in which they were named.

    library_id, state, version: None where there is no such library; of the library after it. reason: why it is refused,
    stable, for programs; message: the same for people.
    """

    library: str
    library_id: UUID | None
    state: LibraryState | None
    version: int | None
    outcome: Literal["changed", "refused"]
    reason: str = ""
    message: str = ""


class LibrariesStepped(Answer, frozen=True, kw_only=True):
    """What becomes of many libraries. bulk_id: what it is looked at and undone by; None where nothing was changed."""

    bulk_id: UUID | None
    changed: int
    refused: int
    rows: list[LibraryStepped]


class LibraryCells(Asked, frozen=True, kw_only=True):
    """One library and its cells; a blank cell measures nothing. version: which one was seen."""

    library: Annotated[Named, Meta(description="The code of the library.")]
    version: Annotated[int, Meta(ge=1)]
    cells: dict[LibraryField, Cell]


class LibraryGrid(Asked, frozen=True, kw_only=True):
    """Record the rows that are right. methods: of the columns; a column without one has the usual one."""

    rows: Annotated[list[LibraryCells], Meta(min_length=1, max_length=MOST_ROWS)]
    methods: dict[LibraryField, Method] = {}


class LibraryCellsRow(Answer, frozen=True, kw_only=True):
    """What becomes of one row, in the order in which they were sent; field `library` is the row as a whole."""

    library: str
    outcome: Literal["saved", "unchanged", "refused"]
    version: int | None
    problems: list[CellProblem]


class LibraryGridAnswer(Answer, frozen=True, kw_only=True):
    """What becomes of a grid. bulk_id: what it is looked at and undone by; None where nothing was recorded."""

    bulk_id: UUID | None
    saved: int
    refused: int
    rows: list[LibraryCellsRow]
