"""What a typed cell means: a fact of the sample or a measurement; or what is wrong with it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

import msgspec

from nanopore_tracking.contracts.api.sample.edits import CellProblem, EditedRow, EditField, EditRow
from nanopore_tracking.contracts.api.sample.measurements import Method, NewMeasurement, Quantity
from nanopore_tracking.contracts.api.sample.samples import Assignee, Comment, ContainerBarcode, Priority
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.measurements import model as measurements
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples.model import Sample

_FACTS: Mapping[EditField, Any] = {
    "priority": Priority,
    "assignee": Assignee,
    "comment": Comment,
    "container_barcode": ContainerBarcode,
}
#: What a measured column measures, and how it is done where nothing else is said.
MEASURED: Mapping[EditField, tuple[Quantity, Method]] = {
    "volume_ul": ("volume", "pipette"),
    "qubit_ng_per_ul": ("concentration", "qubit_br"),
    "nanodrop_ng_per_ul": ("concentration", "nanodrop"),
    "a260_a280": ("a260_a280", "nanodrop"),
    "a260_a230": ("a260_a230", "nanodrop"),
    "fragment_mean_bp": ("fragment_mean_bp", "femto_pulse"),
}
_SAYS: Mapping[EditField, str] = {
    "priority": f"Priority is one of {', '.join(get_args(Priority))}.",
    "assignee": "A name in one line of at most 100 characters.",
    "comment": "At most 4,000 characters, without control characters.",
    "container_barcode": "At most 60 letters, digits and . _ / + -",
}
_FLUOROMETRIC = frozenset({"qubit_br", "qubit_hs"})
#: Two ways to measure a concentration that differ by more than this share of the larger one are pointed out.
_APART = 0.5


@dataclass(kw_only=True, slots=True)
class Row:
    """One row as it is understood.

    facts: all of CHANGEABLE as they are to be; sample None: there is none that may be seen.
    """

    code: str
    sample: Sample | None
    facts: dict[str, Any] = field(default_factory=dict)
    measured: list[NewMeasurement] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)

    def wrong(self, name: str, message: str, level: Any = "error") -> None:
        """Add what is wrong with a cell."""
        self.problems.append(CellProblem(field=name, level=level, message=message))

    @property
    def refused(self) -> bool:
        """Whether nothing of it is saved."""
        return any(problem.level == "error" for problem in self.problems)

    @property
    def changes_facts(self) -> bool:
        """Whether any fact is to be another one."""
        return any(getattr(self.sample, name) != value for name, value in self.facts.items())

    @property
    def changes(self) -> bool:
        """Whether anything is to be saved."""
        return not self.refused and (self.changes_facts or bool(self.measured))

    def answered(self, version: int | None) -> EditedRow:
        """Return what becomes of it. version: of the sample afterwards."""
        outcome = "refused" if self.refused else "saved" if self.changes else "unchanged"
        return EditedRow(sample=self.code, outcome=outcome, version=version, problems=self.problems)  # type: ignore[arg-type]


def understood(asked: EditRow, sample: Sample | None, methods: Mapping[EditField, Method]) -> Row:
    """Return a row with what is wrong in it."""
    row = Row(code=asked.sample.strip().upper(), sample=sample)
    if sample is None:
        row.wrong("sample", "There is no such sample, or none that you may see.")
        return row
    if sample.version != asked.version:
        row.wrong("sample", "Somebody changed this sample since you read it. Load it again and repeat.")
    row.facts = {name: getattr(sample, name) for name in samples.CHANGEABLE}
    for name, text in asked.cells.items():
        cell = text.strip()
        if name in _FACTS:
            _fact(row, name, cell)
        elif cell:
            _measurement(row, name, cell, method=methods.get(name, MEASURED[name][1]))
    _compare(row)
    return row


def _fact(row: Row, name: EditField, cell: str) -> None:
    said = cell.lower() if name == "priority" else cell
    try:
        row.facts[name] = msgspec.convert(said, _FACTS[name])
    except msgspec.ValidationError:
        row.wrong(name, _SAYS[name])
        return
    if name == "priority" and row.sample is not None and row.sample.priority != row.facts[name]:
        if row.facts[name] == "urgent":
            row.wrong(name, "What is urgent needs a reason: say it on the sample's page.")
        row.facts["priority_reason"] = ""


def _measurement(row: Row, name: EditField, cell: str, *, method: Method) -> None:
    found = measurements.typed(cell, MEASURED[name][0], method)
    if isinstance(found, str):
        row.wrong(name, found)
    else:
        row.measured.append(found)


def _compare(row: Row) -> None:
    """Point out two concentrations of one row that do not fit each other."""
    found = [one for one in row.measured if one.quantity == "concentration"]
    exact = next((one.value for one in found if one.method in _FLUOROMETRIC), None)
    other = next((one.value for one in found if one.method == "nanodrop"), None)
    if exact is not None and other is not None and abs(exact - other) > _APART * max(exact, other):
        message = f"Qubit and NanoDrop are more than {_APART:.0%} apart: {exact:g} and {other:g} ng/µL."
        row.wrong("nanodrop_ng_per_ul", message, "warning")


def distinguish(rows: Sequence[Row], taken: Mapping[str, str]) -> None:
    """Refuse samples that stand twice, and barcodes that another tube has. taken: the sample's code by barcode."""
    codes = Counter(row.code for row in rows)
    wanted = Counter(row.facts["container_barcode"] for row in rows if row.facts.get("container_barcode"))
    for row in rows:
        if codes[row.code] > 1:
            row.wrong("sample", "This sample stands in the grid more than once.")
        barcode = row.facts.get("container_barcode")
        if not barcode or row.sample is None:
            continue
        if wanted[barcode] > 1:
            row.wrong("container_barcode", "Another row has this barcode too.")
        elif taken.get(barcode, row.sample.code) != row.sample.code:
            row.wrong("container_barcode", f"The tube of {taken[barcode]} has this barcode.")


def refusing(problem: errors.Problem) -> list[CellProblem]:
    """Return what a refused measurement says, as problems of its row."""
    return [CellProblem(field="sample", level="error", message=problem.message)]
