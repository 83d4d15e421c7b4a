"""Finds the options of a page: a box, circle or field with text to the right of it, and whether it is marked.

All options stand in the text of a form; which one is chosen is only a drawing. Proved on real forms: something dark
within 9 points left of an option's first word, whose middle is less than 5 points higher or lower, marks that option.
"""

import re
from dataclasses import dataclass, field

from nanopore_tracking.services.ai.layouts.model import Mark, Segment, Sheet, union
from nanopore_tracking.services.ai.readings.model import Box

LEFT_PT, HIGHER_PT = 9.0, 5.0
#: An outline may stand a little further off than the ink that is inside it.
_OUTLINE_LEFT_PT = 14.0
_GLYPHS = {
    "☐": False, "□": False, "◻": False, "▢": False, "❏": False, "❑": False, "○": False, "◯": False, "❍": False,
    "☑": True, "☒": True, "✓": True, "✔": True, "✗": True, "✘": True, "■": True, "◼": True, "●": True, "◉": True,
    "⦿": True, "🗹": True, "🗷": True, "⊠": True,
}  # fmt: skip
TYPED = re.compile(r"[\[(]\s*([xX✓✔✗✘√*•●■◉+]?)\s*[\])](?=\s|\w|$)|[" + "".join(_GLYPHS) + "]")
LETTERS = frozenset({"x", "X", "✓", "✔", "✗", "✘", "√", "×"})
#: What goes on in the next line is no paragraph.
_LONGEST_REST = 60
_BULLET = re.compile(r"^[●■◼]\s")


@dataclass(slots=True)
class Choice:
    """One option. boxed: an empty box would be seen too; mark: where its box or sign stands.

    more: what else belongs to it, such as a letter in its box or further lines of its text.
    """

    text: str
    box: Box
    on: bool
    sheet: int
    segment: Segment
    mark: Box
    boxed: bool = True
    method: str = "mark"
    name: str = ""
    more: list[Segment] = field(default_factory=list)


def choices_of(sheet: Sheet) -> list[Choice]:
    """Return the options of a page in the order of reading."""
    found = [*_typed(sheet), *_lettered(sheet)]
    taken = {id(each.segment) for each in found} | {id(part) for each in found for part in each.more}
    for segment in sheet.segments:
        if id(segment) not in taken and segment.text and not segment.entered:
            near = [mark for mark in sheet.marks if _marks(mark, segment)]
            if near:
                found.append(_drawn(segment, near))
    found.sort(key=lambda each: (round(each.box[1] / 4), each.box[0]))
    _go_on(found, sheet)
    return found


def _go_on(found: list[Choice], sheet: Sheet) -> None:
    """Add to the last option of each line what goes on in the next one: flush with it, or with where options begin."""
    taken = {id(part) for each in found for part in [each.segment, *each.more]}
    for place, choice in enumerate(list(found)):
        after = found[place + 1] if place + 1 < len(found) else None
        if choice.segment.entered or not choice.segment.look.font or choice.text.endswith((".", ":")):
            continue
        if after is not None and abs(after.segment.middle - choice.segment.middle) < HIGHER_PT:
            continue
        line = [each for each in found if abs(each.segment.middle - choice.segment.middle) < HIGHER_PT]
        first = min((each for each in sheet.segments if _beside(each, choice.segment)), key=lambda each: each.box[0])
        starts = [(choice.box[0], 2.5)]
        if len(line) > 1:
            starts.append((min(min(each.mark[0], each.box[0]) for each in line), 5.0))
        if len(line) > 1 and first.look != choice.segment.look:
            starts.append((first.box[0], 2.5))
        for each in sheet.segments:
            below = -3 <= each.box[1] - choice.box[3] < 0.35 * choice.segment.height
            flush = any(abs(each.box[0] - start) <= most for start, most in starts)
            if below and flush and _may_go_on(each, choice) and id(each) not in taken:
                own = [mark for mark in sheet.marks if mark.box[0] > choice.box[2] - 1 and _level(mark, choice.segment)]
                own += [mark for mark in _signs(sheet) if mark.box[0] > choice.box[2] and _level(mark, choice.segment)]
                if own:
                    # Its box stands at the end of the line before.
                    on, method = any(mark.on for mark in own), "form_field" if own[0].kind == "field" else "mark"
                    found.append(Choice(each.text, each.box, on, each.sheet, each, own[0].box, method=method))
                else:
                    choice.text = f"{choice.text} {each.text}"
                    choice.more.append(each)
                break


def _may_go_on(each: Segment, choice: Choice) -> bool:
    asks = each.text.rstrip(" *").endswith((":", "?")) or each.text.startswith("*")
    return each.look == choice.segment.look and not asks and not each.entered and len(each.text) < _LONGEST_REST


def _signs(sheet: Sheet) -> list[Mark]:
    """Return the boxes of letters behind which nothing stands, as marks."""
    found = []
    for each in sheet.segments:
        sign = None if each.entered or len(each.text) > 4 else TYPED.fullmatch(each.text)
        if sign is not None:
            on = ticked(sign)
            found.append(Mark(each.box, "outline", on))
    return found


def _beside(each: Segment, own: Segment) -> bool:
    return abs(each.middle - own.middle) < HIGHER_PT


def _level(mark: Mark, segment: Segment) -> bool:
    return abs((mark.box[1] + mark.box[3]) / 2 - segment.middle) < HIGHER_PT


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
        signs = list(TYPED.finditer(segment.text))
        bullet = _BULLET.match(segment.text) and not _boxed(segment, sheet)
        if not signs or segment.entered or bullet:
            continue
        for sign, following in zip(signs, [*signs[1:], None], strict=True):
            text = segment.text[sign.end() : following.start() if following else None].strip(" ,;\n")
            holder, box = segment, part(segment, sign.end(), following.start() if following else len(segment.text))
            if not text and following is None and index + 1 < len(ordered):
                after = ordered[index + 1]
                if abs(after.middle - segment.middle) < HIGHER_PT and after.box[0] - segment.box[2] < 20:
                    text, box, holder = after.text, after.box, after
            if text:
                on = ticked(sign)
                more = [] if holder is segment else [segment]
                found.append(Choice(text, box, on, segment.sheet, holder, segment.box, more=more))
    return found


def _lettered(sheet: Sheet) -> list[Choice]:
    """Return the options in whose drawn box somebody wrote a cross or a tick as a letter."""
    found: list[Choice] = []
    for segment in sheet.segments:
        if segment.entered or segment.text.split(" ")[0] not in LETTERS:
            continue
        first = segment.words[0].box
        x, y = (first[0] + first[2]) / 2, (first[1] + first[3]) / 2
        boxes = [mark.box for mark in sheet.marks if mark.kind == "outline" and _in(x, y, mark.box)]
        if not boxes:
            continue
        if len(segment.words) > 1:
            box = union(word.box for word in segment.words[1:])
            text = " ".join(word.text for word in segment.words[1:])
            found.append(Choice(text, box, True, segment.sheet, segment, boxes[0]))
            continue
        after = [each for each in sheet.segments if each is not segment and _marks(Mark(boxes[0], "outline"), each)]
        if after:
            own = min(after, key=lambda each: each.box[0])
            found.append(Choice(own.text, own.box, True, own.sheet, own, boxes[0], more=[segment]))
    return found


def _in(x: float, y: float, box: Box) -> bool:
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1


def _boxed(segment: Segment, sheet: Sheet) -> bool:
    """Tell whether the sign that a text begins with stands in a box that is drawn."""
    at = (segment.box[0] + 4, segment.middle)
    return any(
        mark.kind != "ink" and mark.box[0] - 3 <= at[0] <= mark.box[2] + 3 and mark.box[1] <= at[1] <= mark.box[3]
        for mark in sheet.marks
    )


def ticked(sign: re.Match[str]) -> bool:
    """Tell whether a box of letters is marked."""
    return bool(sign[1]) if sign[1] is not None else _GLYPHS.get(sign[0], False)


def part(segment: Segment, start: int, end: int) -> Box:
    """Return about where some letters of a segment stand."""
    left, top, right, bottom = segment.box
    wide = (right - left) / max(len(segment.text), 1)
    return left + start * wide, top, left + end * wide, bottom
