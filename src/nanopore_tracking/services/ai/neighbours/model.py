"""Finds what stands beside and below the labels of a page: in the same cell, to the right, in the lines below."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from nanopore_tracking.services.ai.fields.model import BY_NAME
from nanopore_tracking.services.ai.frames.model import Frames, same
from nanopore_tracking.services.ai.labels.model import Known
from nanopore_tracking.services.ai.layouts.model import BROKEN, Look, Near, Segment, Sheet, overlap

#: A value stands no further from its label than this share of the page.
_FARTHEST = 0.62
_FEWEST_OF_LOOK = 4
#: What is printed so much smaller below a label is a note.
_SMALLER = 0.87
#: Kinds of values that may go on in the next line.
_OF_LINES = frozenset({"text", "long_text", "choice", "person", "email"})


@dataclass(slots=True)
class Label:
    """A label on the page. known: None for one that is not understood; inline: its value in the same text.

    lines: where it has several, those that its segment is made of.
    """

    text: str
    segment: Segment
    known: Known | None
    inline: str = ""
    lines: list[Segment] = field(default_factory=list)


@dataclass(slots=True)
class Pair:
    """A label and its value; no parts where nothing stands there.

    way: right, below, above or inline; sure: of the place.
    """

    label: Label
    parts: list[Segment]
    way: str
    sure: float

    @property
    def text(self) -> str:
        """Return the value as it was written."""
        if self.way == "inline" and self.label.inline:
            more = " ".join(part.text for part in self.parts if part is not self.label.segment)
            return f"{self.label.inline} {more}".strip()
        lines: list[str] = []
        last: Segment | None = None
        for part in self.parts:
            level = last is not None and abs(part.middle - last.middle) < 4
            if lines and not level and BROKEN.search(lines[-1]):
                lines.append(f"{lines.pop()}{part.text}")
            else:
                lines.append(f"{lines.pop()} {part.text}" if level else part.text)
            last = part
        return "\n".join(lines)


class Neighbours:
    """The texts of one page and what is known of its labels, while their values are looked for."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._frames = Frames(sheet)
        self.labels: list[Label] = []
        self._looks: set[Look] = set()
        self._by_segment: dict[int, Label] = {}
        self._known_ids: set[int] = set()
        self._entered = False
        #: Whether values stand below labels, and whether those are bold though labels are not: at first both may be.
        self._below = self._bold = True
        self._over = False
        self._lay([])

    def _lay(self, free: Sequence[Segment]) -> None:
        self._free = list(free)
        self._near = Near(self._free)
        self._sizes = Counter(each.look.size for each in self._free)

    def neighbour(self, label: Segment) -> Segment | None:
        """Return what stands directly behind a label, or else below it."""
        for each in self._near.level(label):
            beside = overlap((each.box[1], each.box[3]), (label.box[1], label.box[3])) > 0.4 * label.height
            if each.box[0] - label.box[2] > -2 and beside:
                return each
        below = self._near.within(label.box[3] - 2, label.box[3] + 2 * label.height)
        return next((each for each in below if each is not label and abs(each.box[0] - label.box[0]) < 9), None)

    def cell(self, label: Segment, right: Segment | None) -> list[Segment]:
        """Return all texts of the cell to the right of a label's own cell, in which nothing else stands."""
        own = self._frames.of(label)
        if own is None or right is None or not self._frames.beside(own, right):
            return []
        other = self._frames.of(right)
        if other is None or same(own, other) or len(self._frames.inside(own, self._free)) > 1:
            return []
        parts = self._frames.inside(other, self._free)
        return [] if any(part.entered or self.asks_beside(part, label) for part in parts) else parts

    def asks_beside(self, part: Segment, label: Segment) -> bool:
        """Tell whether a text in another cell is a label: one of the same look, for values may be words of labels."""
        return id(part) in self._by_segment and (part.look == label.look or part.text.rstrip().endswith(":"))

    def right(self, label: Segment) -> Segment | None:
        """Return the text to the right of a label, None where there is none or it is a label itself."""
        best: Segment | None = None
        for each in self._near.level(label):
            level = overlap((each.box[1], each.box[3]), (label.box[1], label.box[3]))
            if each.box[0] >= label.box[2] - 2 and level > 0.4 * min(each.height, label.height):
                best = each
                break
        if best is None:
            return None
        other = self._by_segment.get(id(best))
        tight = best.box[0] - label.box[2] < 1.2 * label.height and label.text.endswith(":")
        if other is not None and (other.known is not None or not tight or best.look in self._looks):
            return None
        if self.of_another(best, label):
            return None
        far = best.box[0] - label.box[2] > _FARTHEST * self._sheet.width_pt and self._sheet.paged
        return None if far or (self._entered and not best.entered) else best

    def of_another(self, each: Segment, label: Segment) -> bool:
        """Tell whether a text stands below a label of its own, or in another cell in which there is one."""
        above = self._near.within(each.box[1] - 2.2 * each.height, each.box[1] - 0.4 * each.height)
        for one in above:
            flush = abs(one.box[0] - each.box[0]) <= 2 and one is not label and one.look != each.look
            if flush and one.box[3] - each.box[1] < 2 and id(one) in self._known_ids:
                return True
        frame = self._frames.of(each)
        if frame is None or same(frame, self._frames.of(label)):
            return False
        return any(id(one) in self._by_segment for one in self._frames.inside(frame, self._free) if one is not each)

    def under(self, label: Segment) -> Segment | None:
        """Return the text directly below a label, where it begins at the same place or stands in the same box."""
        best: Segment | None = None
        for each in self._near.within(
            label.box[3] - 2, label.box[3] + 1.7 * max(label.height, self._near.tallest, 8.0)
        ):
            gap = each.box[1] - label.box[3]
            if not -2 <= gap <= 1.7 * max(label.height, each.height, 8.0) or each is label:
                continue
            flush = abs(each.box[0] - label.box[0]) <= 8 or (0 < each.box[0] - label.box[0] < 30)
            if flush and (best is None or each.box[1] < best.box[1]) and not self.rule_between(label, each):
                close = gap < 0.5 * each.height and abs(each.box[0] - label.box[0]) <= 2 and each.look != label.look
                boxed = same(self._frames.of(each), self._frames.of(label)) or (close and self._below)
                best = None if not boxed and self.behind_label(each, label) else each
        if best is None or id(best) in self._by_segment or (self._entered and not best.entered):
            return None
        if not best.entered and self.has_right(best) and not self.has_right(label, labels=True):
            # A line of two texts below one text is a label with its value below the heading of a part.
            return None
        if best.look.font and label.look.font and not best.entered:
            smaller = best.look.size < _SMALLER * label.look.size
            if smaller or (best.look.bold and not label.look.bold and not self._bold):
                return None
        larger = best.look.size > 1.15 * label.look.size and self._sizes[best.look.size] < _FEWEST_OF_LOOK
        heading = larger or (best.look.bold and label.look.bold)
        return None if heading and not best.entered else best

    def over(self, label: Segment) -> Segment | None:
        """Return the text directly above a label in smaller print, where it is nearer than the one below."""
        best: Segment | None = None
        for each in self._near.within(label.box[1] - 2.5 * self._near.tallest, label.box[1]):
            gap = label.box[1] - each.box[3]
            larger = label.look.size < _SMALLER * each.look.size and id(each) not in self._by_segment
            if larger and -2 <= gap <= each.height and abs(each.box[0] - label.box[0]) <= 4:
                best = each
        below = self.under(label)
        if best is not None and below is not None and below.box[1] - label.box[3] <= label.box[1] - best.box[3]:
            return None
        return best

    def mostly_over(self) -> bool:
        """Tell whether the labels of a page stand below the lines on which values are written."""
        known = [each.segment for each in self.labels if each.known is not None and not each.inline]
        above = [(each, value) for each in known if (value := self.over(each)) is not None]
        if len(above) < _FEWEST_OF_LOOK:
            return False
        under = [(each, value) for each in known if (value := self.under(each) or self.right(each)) is not None]
        nearest = {id(value): value.box[1] - each.box[3] for each, value in under}
        over = {id(value) for each, value in above if each.box[1] - value.box[3] < nearest.get(id(value), math.inf)}
        # Where nothing is filled in, the line above the next label is no value of this one.
        return len(over) >= _FEWEST_OF_LOOK and len(over) > sum(id(value) not in over for _, value in under)

    def has_right(self, own: Segment, *, labels: bool = False) -> bool:
        """Tell whether a value of its own stands to the right of a text. labels: or a label."""
        return any(
            each.box[0] >= own.box[2] - 2
            and overlap((each.box[1], each.box[3]), (own.box[1], own.box[3])) > 0.4 * min(each.height, own.height)
            and (labels or id(each) not in self._by_segment)
            and not self.of_another(each, own)
            for each in self._near.level(own)
        )

    def behind_label(self, each: Segment, label: Segment) -> bool:
        """Tell whether a text stands beside a label of its own line, whose value it is then."""
        return any(
            other.segment is not label
            and other.segment.box[2] <= each.box[0] + 2
            and overlap((each.box[1], each.box[3]), (other.segment.box[1], other.segment.box[3])) > 0.5 * each.height
            for other in self.labels
        )

    def rule_between(self, upper: Segment, lower: Segment) -> bool:
        """Tell whether a rule between two texts divides them, and is not the upper side of a box for a value."""
        frames = self._frames.of(upper), self._frames.of(lower)
        at = (upper.box[3] - 1, lower.box[1] + 1)
        ys = sorted(
            (rule[1] + rule[3]) / 2
            for rule in self._sheet.across
            if at[0] <= (rule[1] + rule[3]) / 2 <= at[1] and rule[0] <= upper.box[0] + 2 and rule[2] >= upper.box[0] + 5
        )
        if frames[0] is None and frames[1] is not None:
            # A box below a label is its own; a second one is of something else.
            return bool(ys) and ys[-1] - ys[0] > 4
        return bool(ys) and bool(self._sheet.down)

    def walled(self, label: Segment, right: Segment | None) -> bool:
        """Tell whether a rule runs down between a label and the text beside it."""
        if right is None:
            return True
        return any(
            label.box[2] - 2 <= (rule[0] + rule[2]) / 2 <= right.box[0] + 2 and rule[1] <= label.middle <= rule[3]
            for rule in self._sheet.down
        )

    def tight(self, label: Segment, right: Segment) -> bool:
        """Tell whether a text follows a label as closely as a word, and the label asks for it by a colon."""
        return right.box[0] - label.box[2] < 1.2 * label.height and label.text.rstrip().endswith(":")

    def rest(self, first: Segment, label: Label) -> list[Segment]:
        """Return what else belongs to a value: directly behind it, and in the lines below it where it goes on."""
        if first.entered or not self._sheet.paged:
            return self.beside(first) if not first.cell else []
        parts = self.beside(first)
        kind = BY_NAME[label.known.field].kind if label.known is not None else ""
        if kind not in _OF_LINES or (first is label.segment and kind != "long_text"):
            return parts
        last = first
        left = label.segment.box[0] if label.segment is not first else first.box[0] - 1
        while len(parts) < 60:
            after = self.line_below(last, first, left)
            if after is None:
                return parts
            parts += [after, *self.beside(after)]
            last = after
        return parts

    def beside(self, first: Segment) -> list[Segment]:
        """Return what follows directly behind a text in its line."""
        parts, last = [], first
        for each in self._near.level(first):
            close = -1 <= each.box[0] - last.box[2] < 1.1 * max(last.height, 8.0)
            same = overlap((each.box[1], each.box[3]), (last.box[1], last.box[3])) > 0.5 * min(each.height, last.height)
            joined = close and same and not self.walled(last, each)
            if joined and (id(each) not in self._by_segment or _sentence(each)):
                parts.append(each)
                last = each
        return parts

    def line_below(self, last: Segment, first: Segment, left: float) -> Segment | None:
        """Return the next line of a value: flush with it, close below, of the same look, nothing to the left of it."""
        for each in self._near.within(last.box[3] - 2, last.box[3] + 0.45 * last.height):
            gap = each.box[1] - last.box[3]
            if not -2 <= gap <= 0.45 * last.height or abs(each.box[0] - first.box[0]) > 2 or each is last:
                continue
            if each.look != first.look or id(each) in self._by_segment or each.entered:
                continue
            beside = [
                one
                for one in self._near.level(each)
                if left - 4 <= one.box[2]
                and one.box[0] < each.box[0] - 4
                and overlap((one.box[1], one.box[3]), (each.box[1], each.box[3])) > 2
            ]
            if not beside:
                return each
        return None


def _sentence(each: Segment) -> bool:
    """Tell whether a text that ends with a colon is more likely a part of a sentence."""
    return len(each.words) > 6
