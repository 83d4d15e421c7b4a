"""Finds the cells of a sheet that nobody sees: hidden rows and columns, white letters on no filling, tiny letters."""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from nanopore_tracking.services.ai.columns.model import position
from nanopore_tracking.services.ai.grids.model import Refused
from nanopore_tracking.services.ai.workbooks.model import OVERVIEW, part_of

_STYLES = "xl/styles.xml"
_DAMAGES = (KeyError, EOFError, ET.ParseError, zipfile.BadZipFile, zlib.error, RuntimeError, ValueError)
_TRUE = ("1", "true")
_WHITE = re.compile(r"(?:FF)?F[D-F]F[D-F]F[D-F]", re.IGNORECASE)
#: The background of every usual theme.
_PAPER = "0"
_SMALLEST_PT = 3.0
#: The first two fillings of every workbook are none and a pattern of dots.
_NO_FILLINGS = ("0", "1")


@dataclass
class Unseen:
    """Rows, columns and cells that are not seen, counted from 0."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    cells: set[tuple[int, int]] = field(default_factory=set)

    def __contains__(self, place: object) -> bool:
        """Tell whether a cell (row, column) is not seen."""
        assert isinstance(place, tuple)
        row, column = place
        return row in self.rows or column in self.columns or (row, column) in self.cells


def find(content: bytes, sheet: str) -> Unseen:
    """Return what is not seen on a sheet."""
    unseen = Unseen()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            part = archive.read(part_of(archive, archive.read(OVERVIEW), sheet))
            styles = archive.read(_STYLES) if _STYLES in archive.namelist() else b"<styles/>"
        if b"<!DOCTYPE" in part or b"<!DOCTYPE" in styles:
            raise Refused("The workbook holds a document type, as no real one does. Nothing was read.")
        invisible = _invisible(ET.fromstring(styles))  # noqa: S314 (no document type, little memory: see sandbox)
        _look(unseen, ET.fromstring(part), invisible)  # noqa: S314
    except _DAMAGES as failure:
        raise Refused("The workbook is damaged: a part of it cannot be opened. Nothing was read.") from failure
    return unseen


def _look(unseen: Unseen, root: ET.Element, invisible: set[str]) -> None:
    for each in root.iter():
        name = _local(each)
        if name == "col" and each.get("hidden") in _TRUE:
            last = min(int(each.get("max", "1")), 500)
            unseen.columns |= set(range(int(each.get("min", "1")) - 1, last))
        elif name == "row" and each.get("hidden") in _TRUE:
            unseen.rows.add(int(each.get("r", "0")) - 1)
        elif name == "c" and each.get("s") in invisible:
            place = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", each.get("r", ""))
            if place is not None:
                unseen.cells.add((int(place[2]) - 1, position(place[1])))


def _invisible(styles: ET.Element) -> set[str]:
    """Return the numbers of the formats whose letters cannot be seen."""
    fonts = [_faint(font) for group in _children(styles, "fonts") for font in group]
    formats = [each for group in _children(styles, "cellXfs") for each in group]
    return {
        str(index)
        for index, each in enumerate(formats)
        if (number := int(each.get("fontId", "0"))) < len(fonts)
        and (fonts[number] == "tiny" or (fonts[number] == "white" and each.get("fillId", "0") in _NO_FILLINGS))
    }


def _faint(font: ET.Element) -> str:
    for each in font:
        if _local(each) == "color" and (
            _WHITE.fullmatch(each.get("rgb", "")) or (each.get("theme") == _PAPER and not each.get("tint"))
        ):
            return "white"
        if _local(each) == "sz" and float(each.get("val", "11")) < _SMALLEST_PT:
            return "tiny"
    return ""


def _children(parent: ET.Element, name: str) -> list[ET.Element]:
    return [each for each in parent if _local(each) == name]


def _local(each: ET.Element) -> str:
    return each.tag.rpartition("}")[2]
