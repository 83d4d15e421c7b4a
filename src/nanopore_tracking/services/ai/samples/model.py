"""Reads the rows of tables as samples and controls: which column holds what, units, blanks, numbers of rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from nanopore_tracking.contracts.manifest import BY_NAME, ManifestField
from nanopore_tracking.services.ai.cells.model import Column, Reading, is_blank
from nanopore_tracking.services.ai.cells.model import read as read_cell
from nanopore_tracking.services.ai.columns.model import Known, Matched, letters, match, position
from nanopore_tracking.services.ai.headings.model import near, plain, take_apart
from nanopore_tracking.services.ai.heads.model import is_barcode
from nanopore_tracking.services.ai.layouts.model import Sheet
from nanopore_tracking.services.ai.notes import model as notes
from nanopore_tracking.services.ai.quantities.model import DecimalMark, decimal_mark_of, factor_of
from nanopore_tracking.services.ai.readings.model import Method, Read, Row
from nanopore_tracking.services.ai.rows.model import Cell, Table, look_at_edge
from nanopore_tracking.services.ai.templates.model import Template
from nanopore_tracking.services.ai.values.model import is_nothing

BARCODE = ManifestField(name="barcode", title="Barcode", description="The barcode that the sample has or shall have.")
_FIELDS = {**BY_NAME, "barcode": BARCODE}
#: How sure a column is by the way in which its heading was understood. A wrong heading spoils a whole column, so that
#: all cells of a column share this.
_SURE = {"learnt": 0.99, "person": 0.99, "exact": 0.98, "synonym": 0.97, "near": 0.85, "unknown": 0.5}
#: Of two columns of one meaning the first is believed without a doubt where the other is less sure than this share.
_AS_SURE = 0.9
_NUMBERS = frozenset(
    {"", "#", "no", "nr", "number", "row", "n", "line", "item", "pos", "position", "s no", "sl no", "no."}
)
_CONTROL = re.compile(
    r"\b(?:(?:pos(?:itive)?|neg(?:ative)?|extraction|process|library|no[- ]?template|internal|"
    r"water)[ _.-]*(?:control|ctrl|"
    r"ctl|blank)|control|ntc|blank|water|h2o)\b|^(?:pc|nc|ntc|blk)[ _-]?\d*$",
    re.IGNORECASE,
)
_SUMMARY = re.compile(r"^(?:total|sum|mean|average|median|subtotal|grand total|totals)\b[ :]*", re.IGNORECASE)
_EXAMPLE = re.compile(
    r"^(?:example|e\.g\.|eg\b|ex\.|sample ?name ?here|your sample|do not use|demo\b)|\bexample\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Held:
    """What one column of a table holds."""

    index: int
    column: Column
    sure: float
    doubt: str = ""


@dataclass
class Samples:
    """All rows and what a person must be told of them."""

    rows: list[Row] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def known_columns(learnt: Mapping[str, str], template: Template | None) -> Known:
    """Return the headings that were learnt and those of the template."""
    known: dict[str, str | None] = {}
    if template is not None:
        for name, texts in template.columns.items():
            known |= {plain(text): name for text in texts if name in BY_NAME}
    known |= {plain(text): name for text, name in learnt.items() if name in BY_NAME}
    return Known(learnt=known)


class Reader:
    """Reads the tables of one form. barcodes: headings that were learnt to name the barcode."""

    def __init__(self, known: Known, sheets: Mapping[int, Sheet], barcodes: frozenset[str]) -> None:
        self._known = known
        self._sheets = sheets
        self._barcodes = barcodes
        self._noted: dict[str, str | None] = {}

    def read(self, tables: Sequence[Table]) -> Samples:
        """Return the rows of all tables."""
        samples = Samples()
        self._noted = notes.units(self._sheets.values(), {each for table in tables for each in table.used})
        for table in tables:
            self._read(samples, table)
        return samples

    def _read(self, samples: Samples, table: Table) -> None:
        held, numbers = self._held(table, samples.warnings)
        if not any(one.column.field.name == "sample_name" for one in held) and len(held) < 3:
            return
        for one in held:
            if one.column.field.name == "sample_name":
                look_at_edge(table, one.index)
        last: int | None = None
        before = len(samples.rows)
        for cells in table.rows:
            row = self._row(cells, held)
            first = cells.get(numbers) if numbers is not None else None
            row.number = int(first.raw) if first is not None and re.fullmatch(r"\d{1,5}", first.raw) else None
            if last is not None and row.number is not None and row.number > last + 1:
                samples.warnings.append(f"The numbers of rows jump from {last} to {row.number}: is a page missing?")
            last = row.number if row.number is not None else last
            if self._kept(row, cells, samples.warnings):
                samples.rows.append(row)
        _look_at_bare(samples.rows[before:])

    def _held(self, table: Table, warnings: list[str]) -> tuple[list[Held], int | None]:
        headings = [column.heading for column in table.columns]

        def values(index: int) -> list[Any]:
            return [cells[index].raw for cells in table.rows if index in cells]

        matches = match(headings, self._known, values)
        warnings += [each for each in matches.questions if each.startswith("Several columns")]
        numbers = _number_column(headings, values, matches.columns)
        held = [self._holding(each) for each in matches.columns if position(each.column) != numbers]
        held += [
            Held(index, Column(field=BARCODE), 0.97)
            for index, heading in enumerate(headings)
            if is_barcode(heading) or plain(heading) in self._barcodes
        ]
        found = _settled([one for one in held if one is not None], warnings)
        # How the facility writes numbers in its example says nothing of how the submitter does.
        own = [cells for cells in table.rows if not any(_EXAMPLE.search(cell.raw) for cell in cells.values())]
        mark = _mark(found, lambda index: [cells[index].raw for cells in own if index in cells])
        return [_marked(one, mark) for one in found], numbers

    def _holding(self, matched: Matched) -> Held | None:
        """Return what a column holds, by its heading in the list or, with less trust, by the heading's words."""
        heading = take_apart(matched.heading)
        way, doubt, name = matched.method, "", matched.field
        options = tuple(matched.candidates)
        if name is None and not options and matched.method == "unknown" and matched.heading:
            options = near(heading).fields
            way = "unknown"
            if len(options) == 1:
                name = options[0]
        if name is None and options:
            if not set(options) <= {"qubit_ng_per_ul", "nanodrop_ng_per_ul"}:
                return None
            name = "qubit_ng_per_ul"
            doubt = f"The heading “{matched.heading}” does not say how this was measured."
        if name is None:
            return None
        own, unit = BY_NAME[name].unit, heading.unit
        if unit is None and name in self._noted:
            unit = self._noted[name]
            if unit is None or factor_of(unit, own) is None:
                doubt = "A note on the form says another unit for these numbers, or two."
        factor = (factor_of(unit, own) if unit else None) or 1.0
        column = Column(field=BY_NAME[name], unit=unit, factor=factor)
        sure = _SURE["near"] if way == "unknown" else _SURE[way]
        return Held(position(matched.column), column, 0.5 if doubt else sure, doubt)

    def _row(self, cells: dict[int, Cell], held: list[Held]) -> Row:
        row = Row()
        for one in held:
            row.cells[one.column.field.name] = self.cell(cells.get(one.index), one)
        name = row.cells.get("sample_name")
        kind = row.cells.get("kind")
        said = kind is not None and isinstance(kind.value, str) and kind.value != "test_sample"
        named = name is not None and isinstance(name.value, str) and _CONTROL.search(name.value.replace("_", " "))
        row.role = "control" if said or named else "sample"
        return row

    def cell(self, cell: Cell | None, held: Held, method: Method = "table") -> Read:
        """Return what one cell says in a column."""
        name = held.column.field.name
        if cell is None:
            return Read(field=name, method=method)
        page, box = self._sheets[cell.sheet].spot(cell.box)
        found = Read(
            field=name,
            raw=cell.raw,
            page=page,
            box=box,
            place=cell.place,
            method="form_field" if cell.entered else method,
        )
        if (is_nothing(cell.raw) and name != "sample_name") or is_blank(cell.raw):
            return found
        reading = read_cell(cell.raw, held.column)
        found.value, found.state = reading.value, reading.state
        found.unit = held.column.field.unit if reading.value is not None else None
        found.doubt = reading.note or "" if reading.state == "needs_review" else ""
        low, high = held.column.field.minimum, held.column.field.maximum
        if isinstance(found.value, float) and low is not None and high is not None and not low <= found.value <= high:
            found.state, found.doubt = "needs_review", f"This is outside of {low:g} to {high:g}, where such values are."
        if held.doubt and found.state == "read":
            found.state, found.doubt = "needs_review", held.doubt
        if cell.whole and found.state == "read":
            found.value, found.state = cell.whole, "needs_review"
            found.doubt = f"The name fills its column and goes on in the next line: is it “{cell.whole}”?"
        found.confidence = round(held.sure * _shape(reading, held.column), 3)
        return found

    def _kept(self, row: Row, cells: dict[int, Cell], warnings: list[str]) -> bool:
        """Tell whether a row is one of samples: empty ones are not, nor are sums and examples."""
        name = row.cells.get("sample_name")
        text = name.raw if name is not None and name.raw else ""
        filled = [one for one in row.cells.values() if one.state != "blank"]
        if not filled:
            return False
        first = text or next((cells[index].raw for index in sorted(cells)), "")
        sums = _SUMMARY.match(first) or any(_SUMMARY.fullmatch(cell.raw) for cell in cells.values())
        if sums and len(filled) < len(row.cells):
            warnings.append(f"The row “{first[:60]}” was taken as a sum or a mean, not as a sample.")
            return False
        if _EXAMPLE.search(first):
            warnings.append(f"The row “{first[:60]}” was taken as an example of how to fill in the form.")
            return False
        if not text and len(filled) == 1 and filled[0].state == "needs_review":
            return False
        if name is not None and not text and name.state == "blank":
            name.state, name.doubt = "needs_review", "This row has values but no name."
        return True


def _look_at_bare(rows: Sequence[Row]) -> None:
    """Doubt the few rows of a table in which nothing but a name stands: they may be titles or notes."""
    bare = [row for row in rows if [name for name, one in row.cells.items() if one.raw] == ["sample_name"]]
    if len(bare) * 3 <= len(rows):
        for name in (row.cells["sample_name"] for row in bare):
            if name.state == "read":
                name.state, name.doubt = "needs_review", "Nothing but this stands in its row: is it a sample?"


def _shape(reading: Reading, column: Column) -> float:
    """Return how far the shape of a value speaks for it: a number in its usual range, a text of some length."""
    if reading.state == "needs_review":
        return 0.5
    low, high = column.field.minimum, column.field.maximum
    if isinstance(reading.value, float) and low is not None and high is not None:
        return 1.0 if low <= reading.value <= high else 0.3
    return 0.98


def _number_column(headings: list[str], values: Any, matched: list[Matched]) -> int | None:
    """Return the column of the form's own row numbers: whole numbers that rise, under a heading that says so."""
    for index, heading in enumerate(headings[:2]):
        key = plain(heading).strip(" .:#*")
        named = next((each for each in matched if position(each.column) == index), None)
        other = any(each.field == "sample_name" and position(each.column) != index for each in matched)
        plainly = key in _NUMBERS
        maybe = key in {"sample no", "sample number", "sample", "sample #", "tube no", "tube"} and other
        texts = [text for text in values(index) if text]
        whole = [int(text) for text in texts if re.fullmatch(r"\d{1,5}", text)]
        rising = all(a < b for a, b in pairwise(whole))
        if (plainly or maybe) and texts and len(whole) == len(texts) and rising and (named is None or other):
            return index
    return None


def _settled(held: list[Held], warnings: list[str]) -> list[Held]:
    """Leave one column for each field; of several the surest, and a heading of any concentration gives way."""
    found: dict[str, Held] = {}
    for one in sorted(held, key=lambda each: -each.sure):
        name = one.column.field.name
        if name not in found:
            found[name] = one
        elif one.doubt and "nanodrop_ng_per_ul" not in found and name == "qubit_ng_per_ul":
            column = Column(field=BY_NAME["nanodrop_ng_per_ul"], unit=one.column.unit, factor=one.column.factor)
            found["nanodrop_ng_per_ul"] = Held(one.index, column, one.sure, one.doubt)
        else:
            title, first = one.column.field.title, found[name]
            left = f"More than one column looks like “{title}”; the one in column {letters(one.index)} was left."
            warnings.append(left)
            if one.sure >= _AS_SURE * first.sure:
                found[name] = Held(first.index, first.column, first.sure, first.doubt or left)
    return sorted(found.values(), key=lambda each: each.index)


def _mark(held: list[Held], values: Any) -> DecimalMark:
    texts = [text for one in held if one.column.field.type == "number" for text in values(one.index)]
    return decimal_mark_of(texts)


def _marked(one: Held, mark: DecimalMark) -> Held:
    old = one.column
    column = Column(field=old.field, unit=old.unit, factor=old.factor, decimal_mark=mark)
    return Held(one.index, column, one.sure, one.doubt)
