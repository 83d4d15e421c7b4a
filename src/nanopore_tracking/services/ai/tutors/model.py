"""Says of a form whose contents are known what a person who corrects it would teach: learning is measured by it. Pure.

A label is taught where what stands beside it is what a field says, a heading where the first cell below it is what a
column says first. Where that fits several fields nothing is taught, though a person would know.
"""

from typing import Any

from nanopore_tracking.contracts.manifest import BY_NAME as COLUMNS
from nanopore_tracking.services.ai.cells.model import Column
from nanopore_tracking.services.ai.cells.model import read as read_cell
from nanopore_tracking.services.ai.evaluations.model import ALIASES, Truth, equal
from nanopore_tracking.services.ai.fields.model import BY_NAME
from nanopore_tracking.services.ai.headings.model import plain, take_apart
from nanopore_tracking.services.ai.lessons.model import label_of
from nanopore_tracking.services.ai.quantities.model import DecimalMark, factor_of
from nanopore_tracking.services.ai.readings.model import FormReading, Stranger
from nanopore_tracking.services.ai.values.model import meaning

_MARKS: tuple[DecimalMark, ...] = (".", ",")


def taught(reading: FormReading, truth: Truth) -> dict[str, str]:
    """Return labels and headings with what each names, as a correction of the reading teaches them."""
    told = {ALIASES.get(name, name): value for name, value in truth.fields.items()}
    read = {each.field for each in reading.fields if each.value is not None and each.state == "read"}
    missed = {name: value for name, value in told.items() if name not in read and name in BY_NAME}
    found = {}
    written = {name: str(value.get("raw") or value["value"]) for name, value in told.items()}
    beside = [each.raw for each in reading.strangers]
    for name in missed:
        others = [text for other, text in written.items() if other != name]
        label = label_of(reading.text, written[name], others) if written[name] not in beside else None
        if label is not None:
            found[label] = name
    there = {name for row in reading.rows for name in row.cells}
    firsts = _firsts(truth, there)
    for stranger in reading.strangers:
        if stranger.kind == "heading":
            fitting = [name for name, value in firsts.items() if _says(stranger, name, value)]
        else:
            fitting = [name for name, value in missed.items() if equal(_meant(stranger.raw, name), value["value"])]
        if len(fitting) == 1:
            found[plain(stranger.text) if stranger.kind == "heading" else stranger.text] = fitting[0]
    return found


def _firsts(truth: Truth, there: set[str]) -> dict[str, Any]:
    """Return what each column says first that the reading does not have."""
    firsts: dict[str, Any] = {}
    for row in truth.samples:
        for name, cell in row.items():
            firsts.setdefault(ALIASES.get(name, name), cell["value"])
    return {name: value for name, value in firsts.items() if name in COLUMNS and name not in there}


def _meant(raw: str, name: str) -> Any:
    return meaning(raw, BY_NAME[name]).value


def _says(stranger: Stranger, name: str, value: Any) -> bool:
    column, unit = COLUMNS[name], take_apart(stranger.text).unit
    factor = (factor_of(unit, column.unit) if unit else None) or 1.0
    if unit is not None and factor_of(unit, column.unit) is None:
        return False
    held = [Column(field=column, unit=unit, factor=factor, decimal_mark=mark) for mark in _MARKS]
    return any(equal(read_cell(stranger.raw, each).value, value) for each in held)
