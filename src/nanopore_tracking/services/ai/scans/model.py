"""Turns what was recognised on the picture of a page into a page as the rules read it. Pure: no pixels are touched.

Places are in points in the direction of reading, after the page was turned upright and set straight; `Sheet.shown`
turns them back to the page as it was scanned.
"""

from collections.abc import Sequence
from statistics import median, median_low

import msgspec

from nanopore_tracking.services.ai.layouts.model import Layout, Look, Mark, Sheet, Word, lines_of
from nanopore_tracking.services.ai.readings.model import Box, FormReading, Read, Row
from nanopore_tracking.services.ai.spaces.model import segments_of

#: How to have scans read, where nothing is installed for that.
INSTALL = "To have scans read, install nanopore-tracking[ocr] where the ai service runs, and read the document again."
_WHY = "To recognise its letters took more memory or time than a page may take."
#: NanoDrop measures all that absorbs, Qubit DNA alone; further apart than this, a digit or a point was rather misread.
_MOST_RATIO, _LEAST_RATIO = 5.0, 1 / 3
#: Letters of which the recogniser was less sure than this are looked at by a person.
_SURE = 0.9
#: A column in which so many numbers have a decimal mark is one of such numbers.
_FEWEST_WITH_MARK, _SHARE_WITH_MARK = 3, 0.7
_MARKS = (".", ",")
#: Letters of a line that differ by no more than this share of their size are of one size.
_ONE_SIZE = 0.25


class Raster(msgspec.Struct, frozen=True, kw_only=True):
    """A page as grey pixels: its number, its size in points and in pixels."""

    number: int
    width_pt: float
    height_pt: float
    width_px: int
    height_px: int


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """A word that was recognised. size_pt: of its letters; sure: 0 to 1, as the recogniser says of its letters."""

    text: str
    box: Box
    size_pt: float
    sure: float


class Drawing(msgspec.Struct, frozen=True, array_like=True):
    """A box or circle, or ink without one. on: there is ink in it; clear: whether that can be told for sure."""

    box: Box
    kind: str
    on: bool
    clear: bool = True


class Scan(msgspec.Struct, kw_only=True):
    """What was recognised on one page. turned: quarter turns of its text, skew: degrees that it lay askew, clockwise.

    cpu_s, memory_mb: what it cost, in processor time and in memory at most.
    """

    number: int
    width_pt: float
    height_pt: float
    turned: int = 0
    skew: float = 0.0
    words: list[Seen] = []
    marks: list[Drawing] = []
    across: list[Box] = []
    down: list[Box] = []
    cpu_s: float = 0.0
    memory_mb: float = 0.0


class Wanted(msgspec.Struct, frozen=True, tag="scans"):
    """Pages that have to be recognised before a form can be read."""

    pages: list[int]


def put_in(layout: Layout, scans: Sequence[Scan]) -> None:
    """Put what was recognised in the place of scanned pages, and say which of them have to be read by a person."""
    found = {scan.number: scan for scan in scans}
    for index, sheet in enumerate(layout.sheets):
        if sheet.scanned and sheet.number in found:
            layout.sheets[index] = sheet_of(found[sheet.number])
            layout.sheets[index].hidden = sheet.hidden
    lacking = [str(sheet.number) for sheet in layout.sheets if sheet.scanned and sheet.number not in found]
    if not lacking:
        return
    which = "This is a scan." if len(lacking) == len(layout.sheets) else f"Scanned: page {', '.join(lacking)}."
    layout.warnings.append(f"{which} Type the values beside the picture. {_WHY if found else INSTALL}")


def sheet_of(scan: Scan) -> Sheet:
    """Return a page as the rules read it."""
    sheet = Sheet(
        number=scan.number,
        width_pt=scan.width_pt,
        height_pt=scan.height_pt,
        turned=scan.turned,
        skew=scan.skew,
        scanned=True,
    )
    sheet.across, sheet.down = sorted(scan.across), sorted(scan.down)
    sheet.marks = [Mark(each.box, each.kind, on=each.on) for each in scan.marks]
    words = [Word(each.text, each.box, Look(size=round(each.size_pt, 1))) for each in scan.words]
    for line in lines_of(words):
        _level(line)
        sheet.segments += segments_of(line, sheet)
    return sheet


def _level(line: list[Word]) -> None:
    """Let the words of a line that are about of one size stand at one height.

    What is read first of a line is told by its height, and pixels let words of one line differ by a point.
    """
    usual = median_low([word.look.size for word in line])
    same = [word for word in line if abs(word.look.size - usual) <= _ONE_SIZE * usual]
    top, bottom = median(word.box[1] for word in same), median(word.box[3] for word in same)
    for word in same:
        word.box = (word.box[0], top, word.box[2], bottom)


def temper(reading: FormReading, scans: Sequence[Scan], sheets: Sequence[Sheet]) -> None:
    """Carry on how sure the recogniser was, and doubt numbers that look as if a digit or a mark was misread."""
    by_number = {sheet.number: sheet for sheet in sheets}
    letters = {
        scan.number: [(by_number[scan.number].shown(word.box), word.sure) for word in scan.words] for scan in scans
    }
    unclear = {
        scan.number: [by_number[scan.number].shown(mark.box) for mark in scan.marks if not mark.clear] for scan in scans
    }
    for each in [*reading.fields, *(cell for row in reading.rows for cell in row.cells.values())]:
        if each.page not in letters or each.box is None:
            continue
        if isinstance(each.value, str) and each.raw and each.raw.startswith(":"):
            # It is of the label before, to which it stands closer than the recogniser can tell.
            each.raw, each.value = each.raw.lstrip(": "), each.value.lstrip(": ")
        sure = min((sure for box, sure in letters[each.page] if _inside(box, each.box)), default=1.0)
        each.confidence = round(each.confidence * sure, 3)
        if sure < _SURE and each.value is not None:
            doubt(each, "Its letters could hardly be told apart on the scan.")
        if each.method == "mark" and any(_beside(box, each.box) for box in unclear[each.page]):
            doubt(each, "Whether this is marked cannot be seen clearly on the scan.")
    scanned = [row for row in reading.rows if any(cell.page in letters for cell in row.cells.values())]
    _compare(scanned)
    for name in {name for row in scanned for name in row.cells}:
        _marks_lost([row.cells[name] for row in scanned if name in row.cells])


def doubt(each: Read, why: str) -> None:
    """Let a person look at a value, unless they do for another reason."""
    if each.state == "read":
        each.state, each.doubt = "needs_review", why


def _inside(word: Box, value: Box) -> bool:
    x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
    return value[0] - 1 <= x <= value[2] + 1 and value[1] - 1 <= y <= value[3] + 1


def _beside(mark: Box, option: Box) -> bool:
    middle = (mark[1] + mark[3]) / 2
    return option[1] - 3 <= middle <= option[3] + 3 and -20 <= mark[2] - option[0] <= 4


def _compare(rows: Sequence[Row]) -> None:
    """Doubt both concentrations of a sample where they are further apart than two ways of measuring are."""
    for row in rows:
        qubit, nanodrop = row.cells.get("qubit_ng_per_ul"), row.cells.get("nanodrop_ng_per_ul")
        if qubit is None or nanodrop is None:
            continue
        one, other = qubit.value, nanodrop.value
        if not isinstance(one, float) or not isinstance(other, float) or min(one, other) < 1.0:
            continue
        if not _LEAST_RATIO <= other / one <= _MOST_RATIO:
            why = f"Qubit says {one:g} and NanoDrop {other:g} ng/µL: a digit or a decimal mark may be misread."
            doubt(qubit, why)
            doubt(nanodrop, why)


def _marks_lost(cells: Sequence[Read]) -> None:
    """Doubt numbers without a decimal mark in a column where nearly all others have one."""
    written = [cell for cell in cells if isinstance(cell.value, float) and cell.raw]
    marked = [cell for cell in written if any(mark in str(cell.raw) for mark in _MARKS)]
    if len(marked) < _FEWEST_WITH_MARK or len(marked) < _SHARE_WITH_MARK * len(written):
        return
    for cell in written:
        if not any(mark in str(cell.raw) for mark in _MARKS):
            doubt(cell, "The other numbers of this column have a decimal mark: one may be lost on the scan.")
