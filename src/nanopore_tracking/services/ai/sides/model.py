"""Tells on which side of its option a box stands, and finds the options whose boxes stand behind them.

In one line it is told by both ends: `Normal ☐ Urgent ☒` begins with a text and ends with a box. A box in its middle is
as near to the one option as to the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nanopore_tracking.services.ai.layouts.model import Mark, Segment, Sheet
from nanopore_tracking.services.ai.options import model as options
from nanopore_tracking.services.ai.options.model import HIGHER_PT, Choice
from nanopore_tracking.services.ai.readings.model import Box

#: A box is no further behind its option, and a text nearer behind a box belongs to that.
_NEAR_PT = 14.0
#: A box that is drawn is nearer to its own option than to the next, by this.
_NEARER_PT = 1.0
#: Options of one line each are no further below each other, of the height of a line.
_NEXT_LINE = 2.2


@dataclass(frozen=True, slots=True)
class _Token:
    """A text or a box in a line. sign: the box; letters: what is written into it."""

    text: str
    box: Box
    segment: Segment | None = None
    sign: Mark | None = None
    letters: tuple[Segment, ...] = ()

    @property
    def letters_only(self) -> bool:
        """Tell whether it is a box of letters, of which nobody knows how far it is from its neighbours."""
        return self.sign is not None and self.sign.kind == "typed"

    @property
    def asks(self) -> bool:
        """Tell whether it is a label rather than an option."""
        return self.text.rstrip(" *").endswith((":", "?"))


def choices_of(sheet: Sheet) -> list[Choice]:
    """Return the options of a page in the order of reading, with their boxes before or behind them."""
    found = _behind(sheet)
    taken = {id(part) for each in found for part in [each.segment, *each.more]}
    marks = [mark for mark in sheet.marks if not any(_inside(mark.box, each.mark) for each in found)]
    segments = [each for each in sheet.segments if id(each) not in taken]
    found += options.choices_of(replace(sheet, segments=segments, marks=marks))
    return sorted(found, key=lambda each: (round(each.box[1] / 4), each.box[0]))


def _behind(sheet: Sheet) -> list[Choice]:
    """Return the options whose boxes stand behind them."""
    found: list[Choice] = []
    alone: list[tuple[_Token, _Token]] = []
    for line in _lines(sheet):
        texts = sum(not each.sign for each in line)
        for run in _runs(line):
            if len(run) > 1:
                found += [_choice(*pair) for pair in run]
            elif texts <= 1 + (line[0].asks or line[0].segment is not run[0][0].segment):
                alone += run
    for place, pair in enumerate(alone):
        near = [*alone[max(place - 1, 0) : place], *alone[place + 1 : place + 2]]
        height = pair[0].box[3] - pair[0].box[1]
        if any(abs(each[0].box[1] - pair[0].box[1]) < _NEXT_LINE * height for each in near):
            found.append(_choice(*pair))
    return found


def _choice(text: _Token, sign: _Token) -> Choice:
    assert text.segment is not None
    assert sign.sign is not None
    field = sign.sign.kind == "field"
    return Choice(
        text.text,
        text.box,
        sign.sign.on,
        text.segment.sheet,
        text.segment,
        sign.box,
        method="form_field" if field else "mark",
        name=sign.sign.name if field else "",
        more=list(sign.letters),
    )


def _runs(line: Sequence[_Token]) -> list[list[tuple[_Token, _Token]]]:
    """Return the runs of options with boxes behind them in a line."""
    found: list[list[tuple[_Token, _Token]]] = []
    place = 0
    while place + 1 < len(line):
        run: list[tuple[_Token, _Token]] = []
        start = place
        while place + 1 < len(line) and _pair(line[place], line[place + 1]):
            run.append((line[place], line[place + 1]))
            place += 2
        before = line[start - 1] if start else None
        after = line[place] if place < len(line) else None
        if run and not (before and before.sign) and _apart(run, after):
            found.append(run)
        place += not run
    return found


def _pair(text: _Token, sign: _Token) -> bool:
    gap = sign.box[0] - text.box[2]
    return text.sign is None and not text.asks and sign.sign is not None and gap <= _NEAR_PT


def _apart(run: Sequence[tuple[_Token, _Token]], after: _Token | None) -> bool:
    """Tell whether nothing belongs to the last box but what stands before it, and no box is nearer to what follows."""
    if after is not None and after.box[0] - run[-1][1].box[2] <= _NEAR_PT:
        return False
    return all(
        sign.letters_only or sign.box[0] - text.box[2] + _NEARER_PT < following.box[0] - sign.box[2]
        for (text, sign), (following, _) in pairwise(run)
    )


def _lines(sheet: Sheet) -> list[list[_Token]]:
    """Return what stands in each line that holds a box, from left to right."""
    signs = _signs(sheet)
    written = {id(part) for each in signs for part in each.letters}
    tokens = [part for each in sheet.segments if id(each) not in written and each.text for part in _parts(each)]
    boxes = [*signs, *(each for each in tokens if each.sign)]
    lines: list[list[_Token]] = []
    for sign in sorted(boxes, key=lambda each: (each.box[1], each.box[0])):
        if not any(sign in line for line in lines):
            line = [each for each in [*tokens, *signs] if abs(_middle(each.box) - _middle(sign.box)) < HIGHER_PT]
            lines.append(sorted(line, key=lambda each: each.box[0]))
    return lines


def _signs(sheet: Sheet) -> list[_Token]:
    """Return the boxes that are drawn and the fields of the form, with what is in them."""
    found: list[_Token] = []
    for mark in sheet.marks:
        if mark.kind == "ink" or any(_inside(mark.box, each.box) for each in found):
            continue
        ink = any(other.on and _inside(other.box, mark.box) for other in sheet.marks)
        letters = tuple(each for each in sheet.segments if each.text in options.LETTERS and _inside(each.box, mark.box))
        sign = Mark(mark.box, mark.kind, mark.on or ink or bool(letters), mark.name)
        found.append(_Token("", mark.box, sign=sign, letters=letters))
    return found


def _parts(segment: Segment) -> list[_Token]:
    """Return the texts and the typed boxes of a segment."""
    signs = [] if segment.entered else list(options.TYPED.finditer(segment.text))
    found: list[_Token] = []
    start = 0
    for sign in signs:
        found += _text(segment, start, sign.start())
        box = options.part(segment, sign.start(), sign.end())
        found.append(_Token("", box, segment, Mark(box, "typed", options.ticked(sign))))
        start = sign.end()
    return [*found, *_text(segment, start, len(segment.text))]


def _text(segment: Segment, start: int, end: int) -> list[_Token]:
    text = segment.text[start:end].strip(" ,;\n")
    return [_Token(text, options.part(segment, start, end), segment)] if text else []


def _inside(box: Box, other: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, _middle(box)
    return other[0] - 1 <= x <= other[2] + 1 and other[1] - 1 <= y <= other[3] + 1


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2
