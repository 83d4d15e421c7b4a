"""Which rows are probably samples that the lab has here already: by name, or by a name like it and equal values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from nanopore_tracking.contracts.api.sample.rows import RowProblem
from nanopore_tracking.contracts.manifest import KINDS
from nanopore_tracking.services.sample.names.model import control_said
from nanopore_tracking.services.sample.rows.model import Row

CODE = "POSSIBLE_DUPLICATE"
TABLE_CODE = "TABLE_SUBMITTED_BEFORE"
#: Ratcliff and Obershelp's similarity of two names (difflib) from which on equal values make them one question.
LEAST_ALIKE = 0.6
#: Names with fewer letters and digits are given again and again.
_LEAST_NAME = 3
_LISTED = 3
_QC = ("qubit_ng_per_ul", "nanodrop_ng_per_ul", "a260_a280", "a260_a230")
_RANK = ("error", "finding", "warning")


@dataclass(frozen=True, kw_only=True, slots=True)
class Twin:
    """A sample of the lab that may be the one of a row. same_name: but for capitals and signs; else its values are."""

    row_number: int
    code: str
    name: str
    same_name: bool


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What rows are looked for by, one array for each; None where a value is not there."""

    row_numbers: list[int]
    names: list[str]
    values: Mapping[str, list[float | None]]


def wanted(rows: Sequence[Row]) -> Wanted:
    """Return what rows can be looked for by: those of samples, not of controls."""
    kept = [row for row in rows if row.name and row.values.get("kind") not in KINDS[1:] and not control_said(row.name)]
    values = {name: [_number(row, name) for row in kept] for name in _QC}
    return Wanted(row_numbers=[row.row_number for row in kept], names=[_said(row.name) for row in kept], values=values)


def _said(name: str) -> str:
    """Return a name that is looked for; blank for one that says nothing: a running number, one or two letters."""
    telling = [letter for letter in name if letter.isalnum()]
    return name if len(telling) >= _LEAST_NAME and any(letter.isalpha() for letter in telling) else ""


def _number(row: Row, name: str) -> float | None:
    value = row.values.get(name)
    return float(value) if isinstance(value, int | float) else None


def alike(one: str, other: str) -> float:
    """Return how alike two names are, 0 to 1; capitals do not count."""
    return SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio()


def problems(rows: Sequence[Row], twins: Sequence[Twin]) -> dict[int, RowProblem]:
    """Return the question about each row that has a twin. It says nothing that changes while the sample goes on."""
    names = {row.row_number: row.name for row in rows}
    found: dict[int, list[Twin]] = {}
    for twin in twins:
        if twin.same_name or alike(twin.name, names[twin.row_number]) >= LEAST_ALIKE:
            found.setdefault(twin.row_number, []).append(twin)
    return {number: _question(sorted(each, key=lambda twin: twin.code)) for number, each in found.items()}


def _question(twins: Sequence[Twin]) -> RowProblem:
    named = [twin for twin in twins if twin.same_name] or twins
    listed = ", ".join(f"{twin.code} ({twin.name[:40]})" for twin in named[:_LISTED])
    more = f" and {len(named) - _LISTED} more" if len(named) > _LISTED else ""
    how = "has the same name" if named[0].same_name else "has a name like it and the same measured values"
    message = f"{listed}{more} of the same lab {how}. Is it the same sample, sent again? Nothing is merged."
    return RowProblem(field="sample_name", level="finding", code=CODE, message=message)


def joined(
    found: Mapping[int, Sequence[RowProblem]], asked: Mapping[int, RowProblem]
) -> dict[int, Sequence[RowProblem]]:
    """Return the problems of rows with these questions among them, worst first."""
    return {
        number: sorted([*each, asked[number]], key=lambda problem: _RANK.index(problem.level))
        if number in asked
        else each
        for number, each in found.items()
    }


def table_question(codes: Sequence[str]) -> str:
    """Return what is asked about a table that came before."""
    listed = ", ".join(codes[:_LISTED]) + (f" and {len(codes) - _LISTED} more" if len(codes) > _LISTED else "")
    return f"The same table of names and values came before, as {listed}. Was it sent again by mistake?"
