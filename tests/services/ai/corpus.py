"""Manifests as people hand them in, and files as attackers do; all made here, with invented people."""

import csv
import datetime as dt
import io
import struct
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl
import xlsxwriter

HEADINGS = ("Sample Name", "Volume (µL)", "Qubit Conc. (ng/µL)", "Nanodrop (ng/µL)", "260/280", "A260/A230 ratio")
ROWS = (
    ("QX_01", 50, 48.5, 52.1, 1.85, 2.1),
    ("QX_02", 45, 12.5, 14, 1.79, None),
    ("QX_03", 30, None, 8.25, None, None),
)


def text(rows: Sequence[Sequence[Any]], *, delimiter: str = ",", line_end: str = "\r\n") -> str:
    """Return rows as a text table."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return out.getvalue()


def manifest_csv(rows: Sequence[Sequence[Any]] = ROWS, *, headings: Sequence[str] = HEADINGS, **how: Any) -> bytes:
    """Return a manifest as CSV in UTF-8."""
    return text([headings, *rows], **how).encode()


def many(count: int) -> list[tuple[Any, ...]]:
    """Return rows of a plausible large manifest."""
    return [(f"S_{n:05d}", 20 + n % 80, 10 + n % 90 / 4, 12 + n % 70 / 4, 1.8 + n % 5 / 100, 2.0) for n in range(count)]


def workbook(sheets: dict[str, Sequence[Sequence[Any]]], *, hidden: Sequence[str] = ()) -> bytes:
    """Return a workbook with these rows in its sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    return saved(book)


def saved(book: Any) -> bytes:
    """Return a workbook of openpyxl as the bytes of a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def manifest_xlsx(rows: Sequence[Sequence[Any]] = ROWS, *, headings: Sequence[str] = HEADINGS) -> bytes:
    """Return a manifest as a workbook with one sheet."""
    return workbook({"Samples": [headings, *rows]})


def large_xlsx(count: int) -> bytes:
    """Return a workbook with many rows, quickly."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Samples")
    for number, row in enumerate([HEADINGS, *many(count)]):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def with_formulas(*, calculated: bool) -> bytes:
    """Return a workbook whose volumes are formulas, with their results beside them or, as some programs do, without."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Samples")
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_row(1, 0, ROWS[0])
    sheet.write_formula(1, 1, "=20+30", None, 50)
    sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    book.close()
    content = rezipped(out.getvalue(), {"xl/workbook.xml": (b' fullCalcOnLoad="1"', b"")})
    if calculated:
        return content
    return rezipped(content, {"xl/worksheets/sheet1.xml": (b"<v>50</v>", b"")})


def rezipped(content: bytes, changes: dict[str, tuple[bytes, bytes]]) -> bytes:
    """Return an archive with a piece of some of its members replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            before, after = changes.get(member.filename, (b"", b""))
            new.writestr(member.filename, old.read(member).replace(before, after) if before else old.read(member))
    return out.getvalue()


def merged() -> bytes:
    """Return a workbook with a two-row heading, joined cells in it, and one organism joined over three rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Sample Name", "Volume (µL)", "Concentration (ng/µL)", None, "Organism"])
    sheet.append([None, None, "Qubit", "NanoDrop", None])
    for name in ("QX_01", "QX_02", "QX_03"):
        sheet.append([name, 50, 48.5, 52.1, "Exampella testii" if name == "QX_01" else None])
    for area in ("A1:A2", "B1:B2", "C1:D1", "E1:E2", "E3:E5"):
        sheet.merge_cells(area)
    return saved(book)


def with_dates() -> bytes:
    """Return a workbook in which the spreadsheet program made dates of a name and of a ratio."""
    day = dt.datetime(2026, 3, 1)  # noqa: DTZ001 (spreadsheets know no time zones)
    return workbook({"Samples": [HEADINGS, (day, 50, 48.5, 52.1, day, 2.1)]})


def zip_bomb(unpacked_bytes: int = 200 << 20) -> bytes:
    """Return a small archive that looks like a workbook and unpacks to very much."""
    return archive({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>", "xl/s.xml": b" " * unpacked_bytes})


def understated_bomb() -> bytes:
    """Return a workbook whose directory says that the sheet of 300 MB has 1,000 bytes."""
    real = manifest_xlsx()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(real)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename != "xl/worksheets/sheet1.xml":
                new.writestr(member.filename, old.read(member))
        new.writestr("xl/worksheets/sheet1.xml", b" " * (300 << 20))
    packed = out.getvalue()
    return packed.replace(struct.pack("<I", 300 << 20), struct.pack("<I", 1000))


def archive(members: dict[str, bytes]) -> bytes:
    """Return a ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def many_members(count: int) -> bytes:
    """Return an archive with many empty members and a workbook's main part."""
    return archive({"xl/workbook.xml": b"<x/>", **{f"xl/{number}": b"" for number in range(count)}})


def with_symlink() -> bytes:
    """Return an archive with a symbolic link in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("xl/workbook.xml", b"<x/>")
        link = zipfile.ZipInfo("xl/link")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    return out.getvalue()


def with_entities() -> bytes:
    """Return a workbook whose overview defines entities that grow."""
    bomb = b'<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    return rezipped(with_formulas(calculated=True), {"xl/workbook.xml": (b"<workbook", bomb + b"<workbook")})


#: Files that are not taken at all, each with a word of the sentence that says so.
NOT_TAKEN: dict[str, tuple[bytes, str]] = {
    "program.xlsx": (b"MZ\x90\x00" + bytes(range(256)) * 20, "program"),
    "elf.csv": (b"\x7fELF" + bytes(2000), "program"),
    "picture.csv": (b"GIF89a" + bytes(100), "picture"),
    "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel"),
    "table.ods": (archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "archive"),
    "page.xls": (b"<html><table><tr><td>Sample</td></tr></table></html>", "web page"),
    "noise.csv": (bytes(range(1, 32)) * 100, "neither"),
    "packed.csv": (b"\x1f\x8b\x08\x00" + bytes(100), "compressed"),
}
