"""Cells in rows, as every kind of file is turned into, and the limits that hold for all of them."""

from dataclasses import dataclass, field
from typing import Any, Literal

MOST_COLUMNS = 200
#: Rows in which the heading row of a table is looked for.
HEADER_ROWS = 30


class Refused(Exception):
    """The file cannot be read as a manifest; the message is the sentence shown to the person."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Lacking(Refused):
    """The file can be read once a person says more: need is `pages` or `password`; page_count: where it is known."""

    def __init__(self, message: str, need: Literal["pages", "password"], *, page_count: int | None = None) -> None:
        super().__init__(message)
        self.need = need
        self.page_count = page_count


@dataclass(frozen=True)
class Area:
    """Cells merged into one: first and last row and column, counted from 0, both included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(kw_only=True)
class Grid:
    """The cells of one sheet or text.

    rows: from the first row of the file on, blank ones too, so that a row's index is its place; each as long as it is
    written. further_rows: rows that are not in `rows`, because they are over the limit anyway. formulas: place of a
    formula → whether a calculated value is beside it. sheet: None for a text.
    """

    sheet: str | None
    rows: list[list[Any]]
    further_rows: int = 0
    merged: list[Area] = field(default_factory=list)
    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    decimal_comma: bool = False


def too_many_rows(count: int, most: int) -> Refused:
    """Return the refusal of a table over the limit of rows."""
    return Refused(
        f"The table has {count:,} rows; at most {most:,} are read at once. Nothing was read: split the file."
    )


def too_many_columns(count: int) -> Refused:
    """Return the refusal of a table over the limit of columns."""
    return Refused(f"The table has {count:,} columns; at most {MOST_COLUMNS} are read. Nothing was read.")
