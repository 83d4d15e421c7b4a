"""A grid of many samples: cells as they were typed or pasted, and what is wrong with each."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.measurements import Method
from nanopore_tracking.contracts.api.sample.samples import Priority, Stage, Status

#: Rows of one grid.
MOST = 500

#: The columns of the grid; the last part of a measured one is its unit. A measured column adds a measurement.
EditField = Literal[
    "priority",
    "assignee",
    "comment",
    "container_barcode",
    "volume_ul",
    "qubit_ng_per_ul",
    "nanodrop_ng_per_ul",
    "a260_a280",
    "a260_a230",
    "fragment_mean_bp",
]
Cell = Annotated[str, Meta(max_length=4000)]


class EditableSample(Answer, frozen=True, kw_only=True):
    """A sample as a grid shows it: what may be changed, and the values that count now beside it.

    measured: which of the values were measured here; the others are what was submitted.
    """

    id: UUID
    code: str
    name: str
    stage: Stage
    status: Status
    priority: Priority
    assignee: str
    comment: str
    container_barcode: str
    volume_ul: float | None
    qubit_ng_per_ul: float | None
    a260_a280: float | None
    a260_a230: float | None
    fragment_bp: float | None
    measured: list[str]
    version: int


class EditableSamples(Answer, frozen=True, kw_only=True):
    """The samples of a grid, in the order of their codes."""

    items: list[EditableSample]


class EditRow(Asked, frozen=True, kw_only=True):
    """One sample and its cells; what is not in `cells` stays, and so does a blank cell of a measured column.

    version: which one was seen; a row that somebody else changed since is refused.
    """

    sample: Annotated[str, Meta(min_length=1, max_length=40, description="The code of the sample.")]
    version: Annotated[int, Meta(ge=1)]
    cells: dict[EditField, Cell]


class Edit(Asked, frozen=True, kw_only=True):
    """Save the rows that are right. methods: of the measured columns; a column without one has the usual one."""

    rows: Annotated[list[EditRow], Meta(min_length=1, max_length=MOST)]
    methods: dict[EditField, Method] = {}


class CellProblem(Answer, frozen=True, kw_only=True):
    """What is wrong with a cell; field `sample` is the row as a whole. level: only an `error` stops the row."""

    field: str
    level: Literal["error", "warning"]
    message: str


class EditedRow(Answer, frozen=True, kw_only=True):
    """What becomes of one row, in the order in which they were sent; version: of the sample after it."""

    sample: str
    outcome: Literal["saved", "unchanged", "refused"]
    version: int | None
    problems: list[CellProblem]


class EditAnswer(Answer, frozen=True, kw_only=True):
    """What becomes of a grid. bulk_id: the job that holds what was saved, none where nothing was."""

    bulk_id: UUID | None
    saved: int
    refused: int
    rows: list[EditedRow]
