"""Joins the lines of labels that are too long for their place, and finds hints: `e.g. 4.6 Mb`, `dd.mm.yyyy`.

Hints say how to fill a form in; they are never values.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from nanopore_tracking.services.ai.frames.model import Frames, same
from nanopore_tracking.services.ai.layouts.model import Near, Segment, overlap, union

_MOST_LINES = 3
#: Lines of one text stand no further apart than this share of their height.
_CLOSE = 0.45
#: Labels below each other are further apart than lines of one label, by this.
_CLOSER_PT = 1.5
#: A text under a label in print so much smaller is a hint.
_SMALLER = 0.87
_HINT = re.compile(
    r"^[(\[]?(?:e\.? ?g\.?[ :,]|eg[.:]|for example|for instance|example:|such as|i\. ?e\.|z\. ?b\.|p\. ?ex\.)|"
    r"^[(\[]?(?:dd|mm|yyyy|tt|jj(?:jj)?|aaaa)[ ./-]+(?:dd|mm|tt|mmm)[ ./-]+(?:dd|yyyy|yy|jjjj|aaaa)[)\]]?$",
    re.IGNORECASE,
)
#: Several words in brackets; so near behind a label, of its height, they are no value.
_REMARK = re.compile(r"^\([^()]+\s[^()]+\)$")
_BESIDE = 1.2


@dataclass
class Captions:
    """The segments of a page with lines of labels joined. lines: by id of a joined one, those that it is made of."""

    segments: list[Segment] = field(default_factory=list)
    lines: dict[int, list[Segment]] = field(default_factory=dict)
    hints: set[int] = field(default_factory=set)


def is_hint(text: str) -> bool:
    """Tell whether a text says how to fill in a field."""
    return _HINT.match(text.strip()) is not None


def captions(free: Sequence[Segment], frames: Frames, known: Callable[[str], str | None]) -> Captions:
    """Return the segments of a page with the lines of each known label as one, and which of them are hints."""
    found = Captions()
    near = Near(free)
    taken: set[int] = set()
    for each in sorted(free, key=lambda one: (one.box[1], one.box[0])):
        if id(each) in taken:
            continue
        lines = _lines(each, near, frames, known=known)
        if len(lines) > 1 and not any(id(line) in taken for line in lines):
            taken |= {id(line) for line in lines}
            words = [word for line in lines for word in line.words]
            text = " ".join(line.text for line in lines)
            joined = Segment(text, union(line.box for line in lines), each.look, words, each.sheet, place=each.place)
            found.lines[id(joined)] = lines
            found.segments.append(joined)
        else:
            found.segments.append(each)
    found.segments = [each for each in found.segments if id(each) not in taken]
    found.hints = _hints(found.segments, known)
    return found


def _lines(first: Segment, near: Near, frames: Frames, *, known: Callable[[str], str | None]) -> list[Segment]:
    """Return the lines of the longest label that begins with a segment; the segment alone where it is all."""
    if first.entered or not first.text or first.cell is not None or first.text.rstrip().endswith((":", "?")):
        return [first]
    lines, best = [first], 1
    while len(lines) < _MOST_LINES:
        lower = _below(lines[-1], near)
        if lower is None or lower.entered:
            break
        lines.append(lower)
        if known(" ".join(line.text for line in lines)) is not None and _together(lines, near, frames, known=known):
            best = len(lines)
        if lower.text.rstrip().endswith((":", "?")):
            break
    return lines[:best]


def _below(upper: Segment, near: Near) -> Segment | None:
    """Return the next line of a text: of the same look, close below, flush left or right or in the middle."""
    for each in near.within(upper.box[3] - 0.4 * upper.height, upper.box[3] + _CLOSE * upper.height):
        if each is upper or each.look != upper.look:
            continue
        middle = abs(each.box[0] + each.box[2] - upper.box[0] - upper.box[2]) / 2
        if min(abs(each.box[0] - upper.box[0]), abs(each.box[2] - upper.box[2]), middle) <= 2:
            return each
    return None


def _together(lines: list[Segment], near: Near, frames: Frames, *, known: Callable[[str], str | None]) -> bool:
    """Tell whether lines are one label rather than several below each other."""
    frame = frames.of(lines[0])
    if frame is not None:
        # Only a cell of labels is one: in the text of a value there may be words of labels too.
        alike = [each for each in near.within(frame[1] - 2, frame[3]) if each.look == lines[0].look]
        inside = [each for each in alike if same(frames.of(each), frame)]
        return len(inside) == len(lines) and all(same(frames.of(line), frame) for line in lines[1:])
    if any(frames.of(line) is not None for line in lines[1:]):
        return False
    steps = list(pairwise(lines))
    named = [known(line.text) for line in lines]
    alone = all(named)
    if any(_has_own(upper, lower, near, alone=alone) for upper, lower in steps):
        return False
    if not alone:
        # `Sample type` with `Total RNA` below it is a label with its value, whatever the words mean together.
        return named[0] is None or any(named[1:]) or known(" ".join(line.text for line in lines)) == named[0]
    if len(set(named)) == len(named) and known(" ".join(line.text for line in lines)) in named:
        # Two labels, unless together they name something that neither of them does.
        return False
    gap = max(lower.box[1] - upper.box[3] for upper, lower in steps)
    following = near.within(lines[-1].box[3] - 2, lines[-1].box[3] + 3 * lines[-1].height)
    next_ = next((one for one in following if one not in lines and abs(one.box[0] - lines[0].box[0]) <= 2), None)
    return next_ is not None and next_.box[1] - lines[-1].box[3] > gap + _CLOSER_PT


def _has_own(upper: Segment, lower: Segment, near: Near, *, alone: bool) -> bool:
    """Tell whether a lower line has a text to its right that does not go on with one beside the upper line.

    alone: both lines are labels by themselves, so that a text that may go on is more likely a value of its own.
    """
    right = next((each for each in near.level(lower) if each.box[0] > lower.box[2] and _level(each, lower)), None)
    if right is None or _level(right, upper):
        return False
    above = next((each for each in near.level(upper) if each.box[0] > upper.box[2] and _level(each, upper)), None)
    if alone or above is None or above.look != right.look or abs(above.box[0] - right.box[0]) > 2:
        return True
    return right.box[1] - above.box[3] > _CLOSE * right.height


def _level(one: Segment, other: Segment) -> bool:
    return overlap((one.box[1], one.box[3]), (other.box[1], other.box[3])) > 0.5 * min(one.height, other.height)


def _remarks(each: Segment, label: Segment) -> bool:
    """Tell whether some words in brackets stand directly behind a label: `(usually 30x)`, `(if known)`."""
    gap = each.box[0] - label.box[2]
    return (
        not each.entered
        and _level(each, label)
        and -1 <= gap < _BESIDE * label.height
        and bool(_REMARK.match(each.text))
    )


def _hints(segments: Sequence[Segment], known: Callable[[str], str | None]) -> set[int]:
    found = {id(each) for each in segments if not each.entered and is_hint(each.text)}
    near = Near(segments)
    for label in segments:
        if label.entered or known(label.text) is None:
            continue
        found |= {id(each) for each in near.level(label) if _remarks(each, label)}
        for each in near.within(label.box[3] - 3, label.box[3] + 0.6 * label.height):
            smaller = each.look.size < _SMALLER * label.look.size and each.height < label.height
            if smaller and not each.entered and abs(each.box[0] - label.box[0]) <= 2 and each.look.font:
                found.add(id(each))
    return found
