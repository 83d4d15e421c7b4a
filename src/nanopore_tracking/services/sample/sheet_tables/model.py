"""A sample sheet as text and as a table whose rows know their line; what is hidden in it, and its plain form."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BOM = "\ufeff"
#: Characters that nobody sees and every reader takes for a part of the value.
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_LINE_END = re.compile(r"\r\n|\r|\n")
#: A sheet with more rows is none.
MOST_ROWS = 5_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row below the heading; line: of the file, from 1."""

    line: int
    cells: tuple[str, ...]

    def named(self, columns: Sequence[str]) -> dict[str, str]:
        """Return the cells by the name of their column; cells without a column, and columns without a cell, not."""
        return dict(zip(columns, self.cells, strict=False))


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A sheet as a table; columns: empty where there is no heading."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def quoted_table(text: str, delimiter: str = ",") -> Table:
    """Read a sheet as readers of CSV do: cells may be quoted, empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns: tuple[str, ...] | None = None
    rows = []
    try:
        for cells in reader:
            if not cells:
                continue
            if columns is None:
                columns = tuple(cells)
            else:
                rows.append(Row(line=reader.line_num, cells=tuple(cells)))
    except csv.Error:
        return Table(columns=(), rows=())
    return Table(columns=columns or (), rows=tuple(rows))


def plain_table(text: str) -> Table:
    """Read a sheet as dorado does: every comma parts two cells, and every line is a row."""
    end = "\r\n" if "\r\n" in text else "\r" if "\r" in text and "\n" not in text else "\n"
    lines = text.split(end)
    if lines and not lines[-1]:
        lines.pop()
    if not lines:
        return Table(columns=(), rows=())
    rows = tuple(Row(line=number, cells=tuple(line.split(","))) for number, line in enumerate(lines[1:], 2))
    return Table(columns=tuple(lines[0].split(",")), rows=rows)


def separated_by_semicolons(text: str) -> bool:
    """Tell whether the heading is parted by semicolons, as some spreadsheets write it."""
    first = _LINE_END.split(text, maxsplit=1)[0]
    return ";" in first and "," not in first


def hidden(text: str) -> list[tuple[int, str]]:
    """Return line and name of every hidden character, the first of each line."""
    found = []
    for number, line in enumerate(_LINE_END.split(text), 1):
        match = _HIDDEN.search(line)
        if match:
            found.append((number, f"U+{ord(match[0]):04X}"))
    return found


def cleaned(text: str) -> str:
    """Return the sheet in plain form: no hidden characters, no space around cells, commas, LF, no empty lines."""
    plain = _HIDDEN.sub("", text)
    delimiter = ";" if separated_by_semicolons(plain) else ","
    try:
        rows = [[cell.strip() for cell in cells] for cells in csv.reader(io.StringIO(plain), delimiter=delimiter)]
    except csv.Error:
        return text
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(cells for cells in rows if any(cells))
    return out.getvalue()


def written(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """Write a sheet of values that need no quotes: commas, LF, every row as long as the heading."""
    lines = [",".join(columns), *(",".join(row.get(name, "") for name in columns) for row in rows)]
    return "\n".join(lines) + "\n"
