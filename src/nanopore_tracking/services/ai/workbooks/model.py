"""Reads tables in XLSX workbooks, after a look at the ZIP archive that each of them is."""

import io
import re
import zipfile
from typing import IO, Any
from xml.etree import ElementTree as ET

import python_calamine as calamine

from nanopore_tracking.counting import counted
from nanopore_tracking.services.ai.columns.model import Known, recognised
from nanopore_tracking.services.ai.grids.model import HEADER_ROWS, MOST_COLUMNS, Area, Grid, Refused, too_many_columns

MOST_MEMBERS = 200
MOST_UNPACKED_BYTES = 64 << 20
HIGHEST_RATIO = 100
_RATIO_FROM_BYTES = 1 << 20
_MOST_SHEETS = 50
_MOST_CELLS = 6_000_000
_TAIL_BYTES = (1 << 16) + 22
OVERVIEW = "xl/workbook.xml"
_SYMLINK = 0o120000
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)")
_PLACE = re.compile(rb"\br=\"([A-Z]{1,3})([0-9]{1,7})\"")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*\bhidden=\"(?:1|true)\"")
_STALE = re.compile(rb"\bfullCalcOnLoad=\"(?:1|true)\"")


def check(file: IO[bytes], *, main: str = OVERVIEW) -> None:
    """Refuse an archive that unpacks to too much, has too many members, or names that lead out of it.

    Nothing is unpacked. Bounded work: the directory is looked at only when it says that it is small. main: the member
    without which it is nothing.
    """
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as failure:
        raise Refused("The workbook is damaged: its archive cannot be opened. Nothing was read.") from failure
    if len(members) > MOST_MEMBERS:
        raise _too_many()
    if not any(member.filename == main for member in members):
        raise Refused("The workbook is damaged: its main part is missing. Nothing was read.")
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in parts[0]:
            raise Refused("The workbook's archive holds a path that leads out of it. Nothing was read.")
        if member.external_attr >> 16 & 0o170000 == _SYMLINK:
            raise Refused("The workbook's archive holds a symbolic link. Nothing was read.")
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > MOST_UNPACKED_BYTES:
        raise Refused(
            f"The workbook unpacks to {unpacked / 1e6:,.0f} MB; at most {MOST_UNPACKED_BYTES / 1e6:,.0f} MB are read. "
            "Nothing was read: save the table alone in a file, or as CSV."
        )
    if unpacked > _RATIO_FROM_BYTES and unpacked > packed * HIGHEST_RATIO:
        raise Refused(
            f"The workbook unpacks to more than {HIGHEST_RATIO} times its size, as no real one does. Nothing was read."
        )


def _check_directory(file: IO[bytes]) -> None:
    """Refuse an archive whose last record says that its directory is long; a workbook needs no ZIP64 either."""
    size_bytes = file.seek(0, io.SEEK_END)
    file.seek(max(0, size_bytes - _TAIL_BYTES))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise Refused("The workbook is damaged: the end of its archive is missing. Nothing was read.")
    count = int.from_bytes(tail[at + 10 : at + 12], "little")
    directory_bytes = int.from_bytes(tail[at + 12 : at + 16], "little")
    if count > MOST_MEMBERS or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        raise _too_many()
    if directory_bytes > 1 << 18:
        raise Refused("The directory of the workbook's archive is larger than that of any real one. Nothing was read.")


def _too_many() -> Refused:
    return Refused(f"The workbook's archive has more than {MOST_MEMBERS} members. Nothing was read.")


def read(content: bytes, known: Known, *, sheet: str | None = None) -> Grid:
    """Return the named sheet, or the visible one with the most known headings; Refused with a sentence."""
    check(io.BytesIO(content))
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            chosen, notes = _chosen(workbook, known, sheet)
            found = _grid(chosen)
            found.sheets = _names(workbook)[0]
    except calamine.PasswordError:
        raise Refused("The workbook is protected by a password. Nothing was read: save it without one.") from None
    except (calamine.CalamineError, ValueError, OSError) as failure:
        raise Refused(f"The workbook is damaged: {str(failure)[:200]}. Nothing was read.") from failure
    found.notes = notes
    _add_formulas(found, content)
    return found


def _names(workbook: calamine.CalamineWorkbook) -> tuple[list[str], list[str]]:
    """Return the names of the visible worksheets and of the hidden ones."""
    sheets = [each for each in workbook.sheets_metadata if each.typ == calamine.SheetTypeEnum.WorkSheet]
    visible = [each.name for each in sheets if each.visible == calamine.SheetVisibleEnum.Visible]
    return visible, [each.name for each in sheets if each.visible != calamine.SheetVisibleEnum.Visible]


def _chosen(
    workbook: calamine.CalamineWorkbook, known: Known, wanted: str | None
) -> tuple[calamine.CalamineSheet, list[str]]:
    visible, hidden = _names(workbook)
    if wanted is not None:
        if wanted not in visible + hidden:
            there = ", ".join(f"“{name}”" for name in visible)
            raise Refused(f"There is no sheet “{wanted}” in the workbook; there are {there}. Nothing was read.")
        return workbook.get_sheet_by_name(wanted), []
    if not visible:
        raise Refused("The workbook has no visible worksheet. Nothing was read.")
    sheets = [workbook.get_sheet_by_name(name) for name in visible[:_MOST_SHEETS]]
    scores = [_score(sheet, known) for sheet in sheets]
    best = scores.index(max(scores))
    others = [sheet.name for index, sheet in enumerate(sheets) if index != best and scores[index] > 1]
    notes = []
    if len(visible) > 1:
        notes.append(f"The sheet “{sheets[best].name}” was read: it has the most known headings.")
    if others:
        named = ", ".join(f"“{name}”" for name in others)
        notes.append(f"There seems to be a table in {named} too, which was not read: read the document again for it.")
    if hidden:
        notes.append(f"Hidden sheets were not looked at: {', '.join(f'“{name}”' for name in hidden)}.")
    return sheets[best], notes


def _score(sheet: calamine.CalamineSheet, known: Known) -> int:
    if sheet.total_width > MOST_COLUMNS * 10:
        return 0
    rows = sheet.to_python(skip_empty_area=False, nrows=HEADER_ROWS)
    return max((recognised([_text(cell) for cell in row], known) for row in rows), default=0)


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else ""


def _grid(sheet: calamine.CalamineSheet) -> Grid:
    if sheet.total_width > MOST_COLUMNS:
        raise too_many_columns(sheet.total_width)
    if sheet.total_height * sheet.total_width > _MOST_CELLS:
        raise Refused(
            f"The sheet “{sheet.name}” has {sheet.total_height:,} rows, more than can be read. Nothing was read."
        )
    rows: list[list[Any]] = list(sheet.to_python(skip_empty_area=False))
    merged = [Area(*first, *last) for first, last in sheet.merged_cell_ranges or []]
    return Grid(sheet=sheet.name, rows=rows, merged=merged)


def _add_formulas(grid: Grid, content: bytes) -> None:
    """Find the formulas of the sheet, and whether the program that wrote the file calculated them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        try:
            overview = archive.read(OVERVIEW)
            xml = archive.read(part_of(archive, overview, grid.sheet or ""))
        except (KeyError, ET.ParseError, zipfile.BadZipFile, RuntimeError) as failure:
            raise Refused("The workbook is damaged: a part of it is missing. Nothing was read.") from failure
    hidden = len(_HIDDEN_ROW.findall(xml))
    if hidden:
        one, many = "row of the sheet is hidden; it was", "rows of the sheet are hidden; they were"
        grid.notes.append(f"{counted(hidden, one, many)} read like all others.")
    if _FORMULA.search(xml) or b't="e"' in xml:
        _mark(grid, xml, calculated=not _STALE.search(overview))


def _mark(grid: Grid, xml: bytes, *, calculated: bool) -> None:
    """Mark the formulas of a sheet, and put its errors where the reader of cells leaves nothing."""
    for attributes, inner in _CELL.findall(xml):
        place = _PLACE.search(attributes)
        if place is None:
            continue
        row, column = int(place[2]) - 1, _index(place[1])
        value = _VALUE.search(inner)
        if b't="e"' in attributes and row < len(grid.rows):
            grid.rows[row] += [""] * (column + 1 - len(grid.rows[row]))
            grid.rows[row][column] = value[1].decode("utf-8", "replace")[:20] if value else "#N/A"
        elif _FORMULA.search(inner):
            grid.formulas[row, column] = calculated and (b't="str"' in attributes or value is not None)
    if grid.formulas and not calculated:
        grid.notes.append("The program that wrote the workbook did not calculate its formulas; open and save it first.")


def part_of(archive: zipfile.ZipFile, overview: bytes, name: str) -> str:
    """Return the path of a sheet's part in the archive."""
    links = archive.read("xl/_rels/workbook.xml.rels")
    if b"<!DOCTYPE" in overview or b"<!DOCTYPE" in links:
        raise Refused("The workbook holds a document type, as no real one does. Nothing was read.")
    link = ""
    for each in ET.fromstring(overview).iter():  # noqa: S314 (no document type, no memory, no time: see sandbox)
        if _local(each.tag) == "sheet" and each.get("name") == name:
            link = next((value for key, value in each.attrib.items() if _local(key) == "id"), "")
    for each in ET.fromstring(links):  # noqa: S314
        if each.get("Id") == link:
            target = each.get("Target", "")
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(name)


def _local(name: str) -> str:
    """Return a name without its namespace, of which workbooks have two."""
    return name.rpartition("}")[2]


def _index(letters: bytes) -> int:
    """Return a column's number from its letters, counted from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
