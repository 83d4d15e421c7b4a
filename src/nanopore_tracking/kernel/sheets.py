"""Tables as files: CSV and XLSX in which no text is ever taken for a formula."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import xlsxwriter

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What spreadsheets take for a formula when a text begins with it; some take the wide forms of the signs, too.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")
_CHUNK_BYTES = 64 * 1024
_WIDTH = 16

Row = Sequence[str | float | int | None]


def plain(value: str | float | None) -> str | float | int:
    """Return a value as CSV has it: a text that would be a formula begins with an apostrophe."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if value is None else value


def csv_text(rows: Iterable[Row]) -> str:
    """Return rows as CSV: commas, quotes where needed, lines that end as RFC 4180 says."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([plain(value) for value in row] for row in rows)
    return out.getvalue()


async def csv_stream(heading: Sequence[str], pages: AsyncIterator[Sequence[Row]]) -> AsyncIterator[bytes]:
    """Yield a table as CSV, page by page."""
    yield csv_text([heading]).encode()
    async for rows in pages:
        yield csv_text(rows).encode()


async def xlsx_stream(name: str, heading: Sequence[str], pages: AsyncIterator[Sequence[Row]]) -> AsyncIterator[bytes]:
    """Yield a table as a workbook of one sheet; it lies in a temporary file until it is complete, never in memory."""
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
        sheet = book.add_worksheet(name)
        bold, guarded = book.add_format({"bold": True}), book.add_format({"quote_prefix": True})
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(heading) - 1, _WIDTH)
        for column, text in enumerate(heading):
            sheet.write_string(0, column, text, bold)
        at = 1
        async for rows in pages:
            for row in rows:
                _write(sheet, at, row, guarded=guarded)
                at += 1
        await asyncio.to_thread(book.close)
        file.seek(0)
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _write(sheet: Any, at: int, row: Row, *, guarded: Any) -> None:
    for column, value in enumerate(row):
        if isinstance(value, str):
            if value:
                sheet.write_string(at, column, value, guarded if value.startswith(_FORMULA) else None)
        elif value is not None:
            sheet.write_number(at, column, value)
