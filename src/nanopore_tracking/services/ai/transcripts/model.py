"""Turns pages into the lines that a reader sees, with the places of their words; what gives orders is marked. Pure."""

from collections.abc import Sequence

from nanopore_tracking.services.ai.layouts.model import Segment, Sheet, rows_of
from nanopore_tracking.services.ai.readings.model import Box, Line
from nanopore_tracking.services.ai.suspicions.model import orders_in

#: A line that is further below the one before than this share of its height begins a new paragraph.
_GAP = 0.9
#: What stands between two segments of a line.
_BETWEEN = "  "


def lines_of(sheets: Sequence[Sheet]) -> list[Line]:
    """Return all lines of all pages from top to bottom; text that nobody sees is in none of them."""
    found: list[Line] = []
    for sheet in sheets:
        rows = rows_of(sheet.segments)
        texts = [_BETWEEN.join(each.text for each in row) for row in rows]
        gaps = [not before or _gap(before, row) for before, row in zip([[], *rows], rows, strict=False)]
        orders = _orders(texts, gaps)
        for number, row in enumerate(rows):
            page, words, parts = _places(row, sheet)
            found.append(Line(page, texts[number], words, parts, gaps[number], number in orders))
    return found


def _gap(before: list[Segment], row: list[Segment]) -> bool:
    return row[0].box[1] - max(each.box[3] for each in before) > _GAP * row[0].height


def _places(row: list[Segment], sheet: Sheet) -> tuple[int | None, list[tuple[int, Box]], list[tuple[int, str]]]:
    """Return the page of a line, and where its words and its segments begin, with their places.

    A line of a sheet that is cut into several pages is on none of them, rather than some of its words on a wrong one.
    """
    words: list[tuple[int, Box]] = []
    parts: list[tuple[int, str]] = []
    at = 0
    for each in row:
        parts.append((at, each.place))
        inside = 0
        for word in each.words:
            start = each.text.find(word.text, inside)
            if start >= 0:
                words.append((at + start, word.box))
                inside = start + len(word.text)
        if not each.words:
            words.append((at, each.box))
        at += len(each.text) + len(_BETWEEN)
    spots = [(start, sheet.spot(box), box) for start, box in words]
    pages = {page for _, (page, _), _ in spots}
    page = pages.pop() if len(pages) == 1 else None
    return page, [(start, place or box) for start, (_, place), box in spots], parts


def _orders(texts: list[str], gaps: list[bool]) -> set[int]:
    """Return the lines that give orders, over however many lines one goes, and what follows in their paragraph."""
    starts, at = [], 0
    for text in texts:
        starts.append(at)
        at += len(text) + 1
    marked: set[int] = set()
    for between in ("\n", " "):
        for begin, end in orders_in(between.join(texts)):
            marked |= {
                number
                for number, text in enumerate(texts)
                if starts[number] < end and starts[number] + len(text) > begin
            }
    for number in range(len(texts)):
        if number - 1 in marked and not gaps[number]:
            marked.add(number)
    return marked
