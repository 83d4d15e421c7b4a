"""Finds the sample table in a file and reads it cell by cell; the function that runs in the sandbox.

Pure, and light to import: it is started anew for every document.
"""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from nanopore_tracking.contracts.events.ai import Cell, ManifestRow
from nanopore_tracking.contracts.manifest import BY_NAME
from nanopore_tracking.services.ai.cells.model import Column, Reading, is_blank, read, review, written
from nanopore_tracking.services.ai.columns.model import Known, Matched, Matches, factor, match, position
from nanopore_tracking.services.ai.grids.model import MOST_COLUMNS, Area, Grid, Refused, too_many_rows
from nanopore_tracking.services.ai.quantities.model import decimal_mark_of
from nanopore_tracking.services.ai.tables.model import Table, find, header
from nanopore_tracking.services.ai.texts import model as texts
from nanopore_tracking.services.ai.workbooks import model as workbooks

#: Rows of one message, at most.
CHUNK_ROWS = 250
#: An event must fit into one message of the bus, whose limit is 1 MB.
_CHUNK_BYTES = 500_000


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a document is to be read."""

    kind: Literal["xlsx", "text_table"]
    known: Known
    sheet: str | None = None
    most_rows: int = 20_000


class Summary(msgspec.Struct, frozen=True, kw_only=True, tag="summary"):
    """What the file is: where its table stands, its columns and header. With questions, no rows follow."""

    sheet: str | None
    sheets: list[str]
    header_row: int
    row_count: int
    columns: list[Matched]
    header: dict[str, str]
    questions: list[str]
    notes: list[str]


class Rows(msgspec.Struct, frozen=True, tag="rows"):
    """Some rows in their order; needs_review_count: of cells."""

    rows: list[ManifestRow]
    needs_review_count: int


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """Why the file cannot be read, as a sentence; need: `pages` or `password`, where a person could say that."""

    message: str
    need: str = ""
    page_count: int | None = None


Message = Summary | Rows | Refusal


def read_manifest(content: bytes, options: bytes) -> Iterator[bytes]:
    """Yield the messages about a file as JSON: a summary and the rows, or a refusal."""
    encode = msgspec.json.encode
    try:
        for message in _messages(content, msgspec.json.decode(options, type=Options)):
            yield encode(message)
    except Refused as refused:
        yield encode(Refusal(refused.message))


def _messages(content: bytes, options: Options) -> Iterator[Message]:
    grid = _grid(content, options)
    table = find(grid, options.known)
    matches = match(table.headings, options.known, table.values)
    if not matches.questions:
        table.keep_filled(matches)
        if not table.body:
            raise Refused("The table has a heading but no sample below it. Nothing was read.")
    if len(table.body) + grid.further_rows > options.most_rows:
        raise too_many_rows(len(table.body) + grid.further_rows, options.most_rows)
    yield Summary(
        sheet=grid.sheet,
        sheets=grid.sheets,
        header_row=table.header_row + 1,
        row_count=len(table.body),
        columns=matches.columns,
        header=header(grid.rows[: table.first_header_row]),
        questions=matches.questions,
        notes=[*grid.notes, *matches.notes],
    )
    if not matches.questions:
        yield from _chunks(Reader(grid, table, matches))


def _grid(content: bytes, options: Options) -> Grid:
    if options.kind == "xlsx":
        return workbooks.read(content, options.known, sheet=options.sheet)
    return texts.read(content, options.known, most_rows=options.most_rows)


class Reader:
    """Reads the rows of one table."""

    def __init__(self, grid: Grid, table: Table, matches: Matches) -> None:
        self.sheet = grid.sheet
        self._grid = grid
        self._table = table
        # Only a text can lose the place of its cells, by a comma that was meant as a decimal one.
        headings = max(len(table.headings), len(grid.rows[table.header_row]))
        self._width = headings if grid.sheet is None else MOST_COLUMNS
        mark = self._decimal_mark(matches)
        self._columns = [
            (
                position(each.column),
                each.column,
                Column(
                    field=BY_NAME[each.field],
                    unit=each.unit,
                    factor=factor(each),
                    decimal_mark=mark,
                    decimal_commas=self._grid.decimal_comma,
                ),
            )
            for each in matches.columns
            if each.field
        ]
        self._spans = self._merged_cells()

    def _decimal_mark(self, matches: Matches) -> Literal[".", ",", None]:
        numbers = [each for each in matches.columns if each.field and BY_NAME[each.field].type == "number"]
        texts = [
            text for each in numbers for text in self._table.values(position(each.column)) if isinstance(text, str)
        ]
        return decimal_mark_of(texts) or (
            "," if self._grid.decimal_comma and any("," in text for text in texts) else None
        )

    def _merged_cells(self) -> dict[tuple[int, int], Area]:
        columns = {index for index, _, _ in self._columns}
        first, last = self._table.header_row + 1, len(self._grid.rows) - 1
        return {
            (row, area.first_column): area
            for area in self._grid.merged
            if area.last_row > area.first_row and area.first_column in columns
            for row in range(max(area.first_row, first), min(area.last_row, last) + 1)
        }

    def rows(self) -> Iterator[tuple[ManifestRow, int]]:
        """Yield every row and how many of its cells a person must look at."""
        for number, index in enumerate(self._table.body, 1):
            row = self._grid.rows[index]
            shifted = any(not is_blank(cell) for cell in row[self._width :])
            cells: dict[str, Cell] = {}
            doubts = 0
            for position_, letters_, column in self._columns:
                value = row[position_] if position_ < len(row) else None
                reading = read(value, column)
                place = (index, position_)
                if shifted or place in self._spans or place in self._grid.formulas:
                    value, reading = self._special(place, value, reading, column=column, shifted=shifted)
                doubts += reading.state == "needs_review"
                cells[column.field.name] = Cell(
                    written(value), reading.value, reading.state, reading.note, self.sheet, index + 1, letters_
                )
            yield ManifestRow(number, cells), doubts

    def _special(
        self, place: tuple[int, int], value: Any, reading: Reading, *, column: Column, shifted: bool
    ) -> tuple[Any, Reading]:
        """Return what is to be said of a cell in a row that is too long, of a merged one, and of a formula."""
        if shifted:
            known = reading.value if column.field.name == "sample_name" else None
            note = "The row has more cells than there are headings: its values may have moved. Is a comma not quoted?"
            return value, review(note, known)
        area = self._spans.get(place)
        if area is not None:
            value = self._grid.rows[area.first_row][area.first_column]
            reading = read(value, column)
            rows = f"{area.first_row + 1} to {area.last_row + 1}"
            return value, review(
                f"One cell is merged over the rows {rows}; it may or may not hold for each.", reading.value
            )
        if not self._grid.formulas.get(place, True):
            return value, review("This is a formula whose result is not in the file; open and save the file first.")
        if reading.state == "read" and reading.note is None:
            return value, Reading(reading.value, "read", "The result of a formula, as it was last calculated.")
        return value, reading


def _chunks(reader: Reader) -> Iterator[Rows]:
    rows: list[ManifestRow] = []
    doubts = size_bytes = 0
    for row, needs_review in reader.rows():
        row_bytes = 60 + sum(120 + 2 * len(cell.raw.encode()) + len(cell.note or "") for cell in row.cells.values())
        if rows and (len(rows) == CHUNK_ROWS or size_bytes + row_bytes > _CHUNK_BYTES):
            yield Rows(rows, doubts)
            rows, doubts, size_bytes = [], 0, 0
        rows.append(row)
        doubts += needs_review
        size_bytes += row_bytes
    yield Rows(rows, doubts)
