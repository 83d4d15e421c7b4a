"""Lays workbooks and texts out as pages: every cell at its column and row, in the order of the file.

The places are only for finding what belongs to what; a reading says the cell, and where that is on the pages that the
sheet is given (`printouts`).
"""

from nanopore_tracking.counting import counted
from nanopore_tracking.services.ai.cells.model import written
from nanopore_tracking.services.ai.columns.model import Known, letters
from nanopore_tracking.services.ai.grids.model import Grid
from nanopore_tracking.services.ai.layouts.model import Layout, Look, Segment, Sheet, Word
from nanopore_tracking.services.ai.leaves.model import VERSION
from nanopore_tracking.services.ai.printouts.model import Grid as Printout
from nanopore_tracking.services.ai.readings.model import Page
from nanopore_tracking.services.ai.texts import model as texts
from nanopore_tracking.services.ai.unseen import model as unseen
from nanopore_tracking.services.ai.workbooks import model as workbooks

#: Of a form; a manifest may have more, and is read as one.
MOST_ROWS = 5000
_MOST_SHEETS = 20
LETTER_PT, LINE_PT, TALL_PT = 6.0, 20.0, 10.0
_GUTTER_PT = 30.0
#: A column is laid out no wider than this; longer texts hang over into the empty cells beside them.
_WIDEST_PT = 360.0
LOOK = Look(font="cell")


def workbook(content: bytes, only: int | None = None) -> Layout:
    """Return the visible sheets of a workbook. only: the number of the one that is wanted, from 1."""
    known = Known()
    first = workbooks.read(content, known)
    warnings = [note for note in first.notes if "Hidden sheets" in note or "formula" in note]
    sheets = []
    for number, name in enumerate(first.sheets[:_MOST_SHEETS], 1):
        if only not in (None, number):
            continue
        grid = first if name == first.sheet else workbooks.read(content, known, sheet=name)
        hidden = _take_out(grid, unseen.find(content, name))
        several = len(first.sheets) > 1
        sheets.append(_sheet(grid, number, f" of the sheet “{name}”" if several else ""))
        sheets[-1].hidden, sheets[-1].name = hidden, name if several else ""
        if len(grid.rows) > MOST_ROWS:
            warnings.append(f"The sheet “{name}” has {len(grid.rows):,} rows; the first {MOST_ROWS:,} were read.")
    return Layout(sheets=sheets, warnings=warnings)


def _take_out(grid: Grid, hidden: unseen.Unseen) -> list[str]:
    """Take the cells that nobody sees out of a sheet and return what they say."""
    texts = []
    for index, row in enumerate(grid.rows[:MOST_ROWS]):
        for column, cell in enumerate(row):
            if (index, column) in hidden and written(cell).strip():
                texts.append(written(cell).strip()[:500])
                row[column] = ""
    return texts


def text(content: bytes) -> Layout:
    """Return a text of cells, or of lines where it has no cells."""
    grid = texts.read(content, Known(), most_rows=MOST_ROWS)
    warnings = [note for note in grid.notes if "UTF-8" in note]
    if grid.further_rows:
        more = "more than a form may have"
        rows = counted(grid.further_rows, f"row {more}; it was", f"rows {more}; they were")
        warnings.append(f"The text has {rows} not read.")
    return Layout(sheets=[_sheet(grid, 1, "")], warnings=warnings)


def _sheet(grid: Grid, number: int, where: str) -> Sheet:
    rows = [[written(cell).strip() for cell in row] for row in grid.rows[:MOST_ROWS]]
    widths: list[float] = []
    for row in rows:
        widths += [0.0] * (len(row) - len(widths))
        for index, cell in enumerate(row):
            widths[index] = max(widths[index], min(len(cell) * LETTER_PT, _WIDEST_PT))
    starts = [0.0]
    for width in widths:
        starts.append(starts[-1] + width + _GUTTER_PT)
    printed = Printout(rows, grid.merged, number=number).laid_out(starts, LINE_PT)
    sheet = Sheet(number=number, width_pt=starts[-1], height_pt=len(rows) * LINE_PT, paged=False, printed=printed)
    for index, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell:
                at = starts[column]
                box = (at, index * LINE_PT, max(starts[column + 1] - _GUTTER_PT, at + 1), index * LINE_PT + TALL_PT)
                made = segment(cell, box, number)
                made.place = f"{letters(column)}{index + 1}{where}"
                made.cell = (index, column)
                sheet.segments.append(made)
    return sheet


def segment(content: str, box: tuple[float, float, float, float], number: int, *, look: Look = LOOK) -> Segment:
    """Return a text that stands in one cell."""
    return Segment(content, box, look, [Word(content, box, look)], sheet=number)


def pages(sheet: Sheet) -> list[Page]:
    """Return the pages of a sheet: itself, or those that were made for it where its file has none."""
    if sheet.paged or sheet.printed is None:
        return [Page(sheet.number, sheet.width_pt, sheet.height_pt, sheet.scanned)]
    sizes = sheet.printed.sizes
    return [Page(number, wide, tall, drawn=VERSION, sheet=sheet.name) for number, wide, tall in sizes]


def cut(sheet: Sheet) -> str:
    """Return what people are told where not all of a sheet is on its pages, empty where it is."""
    if sheet.printed is None or not sheet.printed.cut:
        return ""
    what = f"the sheet “{sheet.name}”" if sheet.name else "the file"
    return (
        f"Only the beginning of {what} is drawn, on {len(sheet.printed.sizes)} pages. The values behind that were read "
        "all the same; they have no picture: compare them with the original."
    )
