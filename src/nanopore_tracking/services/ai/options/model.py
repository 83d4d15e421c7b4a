"""Finds the options of a page: a box, circle or field with text to the right of it, and whether it is marked.

All options stand in the text of a form; which one is chosen is only a drawing. Proved on real forms: something dark
within 9 points left of an option's first word, whose middle is less than 5 points higher or lower, marks that option.
"""

import re
from dataclasses import dataclass

from nanopore_tracking.services.ai.layouts.model import Mark, Segment, Sheet
from nanopore_tracking.services.ai.readings.model import Box

LEFT_PT, HIGHER_PT = 9.0, 5.0
#: An outline may stand a little further off than the ink that is inside it.
_OUTLINE_LEFT_PT = 14.0
_GLYPHS = {
    "☐": False, "□": False, "◻": False, "▢": False, "❏": False, "❑": False, "○": False, "◯": False, "❍": False,
    "☑": True, "☒": True, "✓": True, "✔": True, "✗": True, "✘": True, "■": True, "◼": True, "●": True, "◉": True,
    "⦿": True, "🗹": True, "🗷": True, "⊠": True,
}  # fmt: skip
_TYPED = re.compile(r"[\[(]\s*([xX✓✔*]?)\s*[\])](?=\s|\w|$)|[" + "".join(_GLYPHS) + "]")
_BULLET = re.compile(r"^[●■◼]\s")


@dataclass(slots=True)
class Choice:
    """One option. boxed: an empty box would be seen too; mark: where its box or sign stands."""

    text: str
    box: Box
    on: bool
    sheet: int
    segment: Segment
    mark: Box
    boxed: bool = True
    method: str = "mark"
    name: str = ""


def choices_of(sheet: Sheet) -> list[Choice]:
    """Return the options of a page in the order of reading."""
    found = _typed(sheet)
    taken = {id(each.segment) for each in found}
    for segment in sheet.segments:
        if id(segment) not in taken and segment.text and not segment.entered:
            near = [mark for mark in sheet.marks if _marks(mark, segment)]
            if near:
                found.append(_drawn(segment, near))
    return sorted(found, key=lambda each: (round(each.box[1] / 4), each.box[0]))


def _marks(mark: Mark, segment: Segment) -> bool:
    """Tell whether a drawing or a field stands directly left of a text."""
    gap = segment.box[0] - mark.box[2]
    higher = abs((mark.box[1] + mark.box[3]) / 2 - segment.middle)
    most = LEFT_PT if mark.kind == "ink" else _OUTLINE_LEFT_PT
    return -1.0 <= gap <= most and higher < HIGHER_PT


def _drawn(segment: Segment, near: list[Mark]) -> Choice:
    boxed = any(mark.kind != "ink" for mark in near)
    field = next((mark for mark in near if mark.kind == "field"), None)
    closest = max(near, key=lambda mark: mark.box[2])
    return Choice(
        segment.text,
        segment.box,
        any(mark.on for mark in near),
        segment.sheet,
        segment,
        closest.box,
        boxed=boxed,
        method="form_field" if field else "mark",
        name=field.name if field else "",
    )


def _typed(sheet: Sheet) -> list[Choice]:
    """Return the options whose boxes are letters: `[x] EB`, `☐ Water`."""
    found: list[Choice] = []
    ordered = sorted(sheet.segments, key=lambda each: (round(each.middle / 4), each.box[0]))
    for index, segment in enumerate(ordered):
        signs = list(_TYPED.finditer(segment.text))
        bullet = _BULLET.match(segment.text) and not _boxed(segment, sheet)
        if not signs or segment.entered or bullet:
            continue
        for sign, following in zip(signs, [*signs[1:], None], strict=True):
            text = segment.text[sign.end() : following.start() if following else None].strip(" ,;")
            holder, box = segment, _part(segment, sign.end(), following.start() if following else len(segment.text))
            if not text and following is None and index + 1 < len(ordered):
                after = ordered[index + 1]
                if abs(after.middle - segment.middle) < HIGHER_PT and after.box[0] - segment.box[2] < 20:
                    text, box, holder = after.text, after.box, after
            if text:
                on = bool(sign[1]) if sign[1] is not None else _GLYPHS.get(sign[0], False)
                found.append(Choice(text, box, on, segment.sheet, holder, segment.box))
    return found


def _boxed(segment: Segment, sheet: Sheet) -> bool:
    """Tell whether the sign that a text begins with stands in a box that is drawn."""
    at = (segment.box[0] + 4, segment.middle)
    return any(
        mark.kind != "ink" and mark.box[0] - 3 <= at[0] <= mark.box[2] + 3 and mark.box[1] <= at[1] <= mark.box[3]
        for mark in sheet.marks
    )


def _part(segment: Segment, start: int, end: int) -> Box:
    """Return about where some letters of a segment stand."""
    left, top, right, bottom = segment.box
    wide = (right - left) / max(len(segment.text), 1)
    return left + start * wide, top, left + end * wide, bottom
