"""Reads tables that are text: finds the encoding and the delimiter, and tells where a file is broken."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from nanopore_tracking.services.ai.cells.model import LONGEST_CELL
from nanopore_tracking.services.ai.columns.model import Known, recognised
from nanopore_tracking.services.ai.grids.model import HEADER_ROWS, MOST_COLUMNS, Grid, Refused, too_many_columns

_DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_LOOK_CHARACTERS = 64 << 10
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
#: A quoted cell may be this long before an unclosed quotation mark is the likelier reason.
_LONGEST_FIELD = LONGEST_CELL * 4


def read(content: bytes, known: Known, *, most_rows: int) -> Grid:
    """Return the table in a text; Refused with a sentence when there is none or it is broken."""
    notes: list[str] = []
    text = decode(content, notes)
    if not text.strip():
        raise Refused("The file holds no text at all. Nothing was read.")
    text, delimiter = _directive(text)
    if delimiter is None:
        delimiter = _delimiter(text, known)
    grid = _records(text, delimiter, most_rows + HEADER_ROWS)
    grid.notes = notes + ([f"The cells are divided by {_NAMES[delimiter]}."] if delimiter != "," else [])
    grid.decimal_comma = delimiter == ";"
    return grid


def decode(content: bytes, notes: list[str]) -> str:
    """Return the text in UTF-8, UTF-16, UTF-32 or, as the last resort, Windows-1252, with a note about that."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _strict(content, encoding)
    head = content[:4096]
    if len(head) > 3 and head.count(0) > len(head) // 4:
        return _strict(content, "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        notes.append("The file is not in UTF-8 and was read as Windows-1252; look at letters such as µ, é and ü.")
        return content.decode("cp1252", "replace")


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as failure:
        name = encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be").upper()
        raise Refused(
            f"The file begins as {name} text but is not, from byte {failure.start:,} on. Nothing was read."
        ) from None


def _directive(text: str) -> tuple[str, str | None]:
    """Take away the line `sep=;` with which spreadsheet programs are told the delimiter, leaving a blank one."""
    head = text[:8].lower()
    if head.startswith("sep=") and len(head) > 5 and head[4] in _DELIMITERS and head[5] in "\r\n":
        return text[5:], head[4]
    return text, None


def _delimiter(text: str, known: Known) -> str:
    """Return the delimiter under which the most headings are known, then the one that gives the evenest table."""
    look = text[:_LOOK_CHARACTERS]
    if len(text) > len(look):
        look = look[: max(look.rfind("\n"), look.rfind("\r"), 0) or len(look)]
    return max(_DELIMITERS, key=lambda delimiter: _fit(look, delimiter, known))


def _fit(look: str, delimiter: str, known: Known) -> tuple[int, int]:
    rows: list[list[str]] = []
    try:
        for row in _reader(look, delimiter):
            rows.append(row)
            if len(rows) == HEADER_ROWS:
                break
    except csv.Error:
        pass  # The look may end in the middle of a quoted cell; the whole file is read strictly afterwards.
    headings = max((recognised(row[:MOST_COLUMNS], known) for row in rows), default=0)
    widths = Counter(len(row) for row in rows if len(row) > 1)
    width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(1, 0))
    return headings, count * width


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_FIELD)
    # Not translated, so that every kind of line end divides records and none is changed inside a quoted cell.
    return csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=delimiter != "\t"
    )


def _records(text: str, delimiter: str, most: int) -> Grid:
    """Return all records up to the limit and the number of those beyond it that are not blank."""
    rows: list[list[str]] = []
    further = 0
    reader = _reader(text, delimiter)
    began = 1
    try:
        for row in reader:
            began += 1 + sum(cell.count("\n") for cell in row)
            if len(row) > MOST_COLUMNS and any(cell.strip() for cell in row[MOST_COLUMNS:]):
                raise too_many_columns(len(row))
            if len(rows) <= most:
                rows.append(row)
            elif any(row):
                further += 1
    except csv.Error as failure:
        raise Refused(_broken(str(failure), began)) from None
    return Grid(sheet=None, rows=rows, further_rows=further)


def _broken(reason: str, line: int) -> str:
    if "field larger" in reason or "end of data" in reason:
        what = "a quotation mark is opened and not closed, or a cell is longer than can be read"
    elif "expected after" in reason:
        what = "there is text behind a closing quotation mark"
    else:
        what = reason
    return f"The record that begins in line {line:,} is broken: {what}. Nothing was read; correct the file."
