"""Finds the value that belongs to each label: in the same text behind a colon, to the right, or below in the same box.

A text that looks like a label is never a value, known or not: so an unknown label leaves a field missing, not wrong.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nanopore_tracking.services.ai.fields.model import BY_NAME
from nanopore_tracking.services.ai.labels.model import Known, Labels, role_of
from nanopore_tracking.services.ai.layouts.model import Look, Near, Segment, Sheet, overlap

#: A value stands no further from its label than this share of the page.
_FARTHEST = 0.62
_FEWEST_OF_LOOK = 4
_OTHER_LOOK = 0.8
_INLINE = re.compile(r"^([^:：?]{2,70}?)\s*[:：?]\s*(.*)$", re.DOTALL)
#: Kinds of values that may go on in the next line.
_OF_LINES = frozenset({"text", "long_text", "choice"})
_LEADER = re.compile(r"[._…]{3,}")
_MARKS = re.compile(r"^[\s*:•·†‡>\-–]+$")


@dataclass(slots=True)
class Label:
    """A label on the page. known: None for one that is not understood; inline: its value in the same text."""

    text: str
    segment: Segment
    known: Known | None
    inline: str = ""


@dataclass(slots=True)
class Pair:
    """A label and its value; no parts where nothing stands there. way: right, below or inline; sure: of the place."""

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
            same = last is not None and abs(part.middle - last.middle) < 4
            lines.append(f"{lines.pop()} {part.text}" if same else part.text)
            last = part
        return "\n".join(lines)


class Pairs:
    """Finds labels and values on one page; free: segments that no table and no group of options has taken."""

    def __init__(self, sheet: Sheet, free: Sequence[Segment], labels: Labels) -> None:
        self._sheet = sheet
        self._free = [each for each in free if not _MARKS.match(each.text)]
        self._find = labels.find
        self._near = Near(self._free)
        self._ignores = labels.ignores
        self.labels = [label for each in self._free if (label := self._label(each)) is not None]
        self.labels = [label for label in self.labels if not self._embedded(label)]
        self._counts = Counter(each.look for each in self._free)
        self._looks = self._label_looks()
        known = {id(label.segment) for label in self.labels}
        for each in self._free:
            if id(each) not in known and self._unknown_label(each):
                self.labels.append(Label(each.text.strip(" :*"), each, None))
        self._by_segment = {id(label.segment): label for label in self.labels}
        self._entered = sum(each.entered for each in self._free) >= 3
        self._below = self._mostly_below()

    def pairs(self) -> list[Pair]:
        """Return every label with its value, from top to bottom."""
        ordered = sorted(self.labels, key=lambda each: (each.segment.middle, each.segment.box[0]))
        taken: set[int] = set()
        found = []
        for label in ordered:
            pair = self._pair(label, taken)
            # Where labels have a look of their own, `Phone: …` in a letterhead is less likely to be one.
            pair.sure *= 1.0 if not self._looks or label.segment.look in self._looks else _OTHER_LOOK
            taken |= {id(part) for part in pair.parts}
            found.append(pair)
        return found

    def _label(self, each: Segment) -> Label | None:
        """Return a segment as a label that is known, with what stands behind its colon."""
        if each.entered or not each.text:
            return None
        text = each.text.strip()
        inline = _INLINE.match(text)
        if inline is not None:
            known = self._find(inline[1])
            if known is not None or not inline[2]:
                return Label(inline[1], each, known, _LEADER.sub("", inline[2]).strip().lstrip(",;"))
        leader = _LEADER.search(text)
        if leader is not None and (known := self._find(text[: leader.start()])) is not None:
            return Label(text[: leader.start()], each, known, text[leader.end() :].lstrip(" _.…").rstrip(" _…"))
        known = self._find(text)
        return Label(text, each, known) if known is not None else None

    def _embedded(self, label: Label) -> bool:
        """Tell whether a label stands in the middle of a sentence, directly behind other words."""
        own = label.segment
        for each in self._near.level(own):
            gap = own.box[0] - each.box[2]
            level = abs(each.middle - own.middle) < 0.4 * own.height
            if level and -1 <= gap < 0.62 * own.height and each.look == own.look:
                before = next((one for one in self.labels if one.segment is each), None)
                long = before is not None and before.known is not None and before.known.field == "comments"
                if not each.text.rstrip().endswith((":", "*")) or long:
                    return True
        return False

    def _label_looks(self) -> set[Look]:
        """Return the looks that only labels have on this page: what stands beside or below labels looks otherwise."""
        known = {id(label.segment) for label in self.labels}
        alike: Counter[Look] = Counter()
        other: Counter[Look] = Counter()
        for label in self.labels:
            near = None if label.inline else self._neighbour(label.segment)
            if near is not None and id(near) not in known:
                (alike if near.look == label.segment.look else other)[label.segment.look] += 1
        return {look for look, count in other.items() if count >= _FEWEST_OF_LOOK and count > 3 * alike[look]}

    def _neighbour(self, label: Segment) -> Segment | None:
        """Return what stands directly behind a label, or else below it."""
        for each in self._near.level(label):
            beside = overlap((each.box[1], each.box[3]), (label.box[1], label.box[3])) > 0.4 * label.height
            if each.box[0] - label.box[2] > -2 and beside:
                return each
        below = self._near.within(label.box[3] - 2, label.box[3] + 2 * label.height)
        return next((each for each in below if each is not label and abs(each.box[0] - label.box[0]) < 9), None)

    def _unknown_label(self, each: Segment) -> bool:
        if each.entered or not each.text or each.text.endswith("::"):
            return False
        if self._ignores(each.text) or role_of(each.text) is not None:
            return True
        if self._looks:
            return each.look in self._looks and len(each.text) < 70
        return each.text.rstrip(" *").endswith((":", "：")) and len(each.text) < 70

    def _mostly_below(self) -> bool:
        """Tell whether the values of this page stand below their labels rather than beside them."""
        beside = below = 0
        for label in self.labels:
            if label.known is not None and not label.inline:
                right, under = self._right(label.segment), self._under(label.segment)
                beside += right is not None and under is None
                below += under is not None and right is None
        return below > beside

    def _pair(self, label: Label, taken: set[int]) -> Pair:
        if label.inline:
            return Pair(label, [label.segment, *self._rest(label.segment, label)], "inline", 1.0)
        right, under = self._right(label.segment), self._under(label.segment)
        right = None if right is not None and id(right) in taken else right
        under = None if under is not None and id(under) in taken else under
        boxed = under is not None and self._walled(label.segment, right)
        if right is not None and not boxed and (under is None or not self._below or self._tight(label.segment, right)):
            near = right.box[0] - label.segment.box[2] < 0.3 * max(self._sheet.width_pt, 1)
            return Pair(label, [right, *self._rest(right, label)], "right", 1.0 if near else 0.96)
        if under is not None and (self._below or right is None):
            usual = 0.99 if self._below else 0.9
            return Pair(label, [under, *self._rest(under, label)], "below", usual)
        return Pair(label, [], "right", 1.0)

    def _right(self, label: Segment) -> Segment | None:
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
        far = best.box[0] - label.box[2] > _FARTHEST * self._sheet.width_pt and self._sheet.paged
        return None if far or (self._entered and not best.entered) else best

    def _under(self, label: Segment) -> Segment | None:
        """Return the text directly below a label, where it begins at the same place or stands in the same box."""
        best: Segment | None = None
        for each in self._near.within(
            label.box[3] - 2, label.box[3] + 1.7 * max(label.height, self._near.tallest, 8.0)
        ):
            gap = each.box[1] - label.box[3]
            if not -2 <= gap <= 1.7 * max(label.height, each.height, 8.0) or each is label:
                continue
            flush = abs(each.box[0] - label.box[0]) <= 8 or (0 < each.box[0] - label.box[0] < 30)
            if flush and (best is None or each.box[1] < best.box[1]) and not self._rule_between(label, each):
                best = None if self._behind_label(each, label) else each
        if best is None or id(best) in self._by_segment or (self._entered and not best.entered):
            return None
        larger = best.look.size > 1.15 * label.look.size and self._counts[best.look] < _FEWEST_OF_LOOK
        heading = larger or (best.look.bold and label.look.bold)
        return None if heading and not best.entered else best

    def _behind_label(self, each: Segment, label: Segment) -> bool:
        """Tell whether a text stands beside a label of its own line, whose value it is then."""
        return any(
            other.segment is not label
            and other.segment.box[2] <= each.box[0] + 2
            and overlap((each.box[1], each.box[3]), (other.segment.box[1], other.segment.box[3])) > 0.5 * each.height
            for other in self.labels
        )

    def _rule_between(self, upper: Segment, lower: Segment) -> bool:
        at = (upper.box[3] - 1, lower.box[1] + 1)
        return any(
            at[0] <= (rule[1] + rule[3]) / 2 <= at[1] and rule[0] <= upper.box[0] + 2 and rule[2] >= upper.box[0] + 5
            for rule in self._sheet.across
        ) and bool(self._sheet.down)

    def _walled(self, label: Segment, right: Segment | None) -> bool:
        """Tell whether a rule runs down between a label and the text beside it."""
        if right is None:
            return True
        return any(
            label.box[2] - 2 <= (rule[0] + rule[2]) / 2 <= right.box[0] + 2 and rule[1] <= label.middle <= rule[3]
            for rule in self._sheet.down
        )

    def _tight(self, label: Segment, right: Segment) -> bool:
        """Tell whether a text follows a label as closely as a word, and the label asks for it by a colon."""
        return right.box[0] - label.box[2] < 1.2 * label.height and label.text.rstrip().endswith(":")

    def _rest(self, first: Segment, label: Label) -> list[Segment]:
        """Return what else belongs to a value: directly behind it, and in the lines below it where it goes on."""
        if first.entered or not self._sheet.paged:
            return self._beside(first) if not first.cell else []
        parts = self._beside(first)
        kind = BY_NAME[label.known.field].kind if label.known is not None else ""
        if kind not in _OF_LINES or (first is label.segment and kind != "long_text"):
            return parts
        last = first
        left = label.segment.box[0] if label.segment is not first else first.box[0] - 1
        while len(parts) < 60:
            after = self._line_below(last, first, left)
            if after is None:
                return parts
            parts += [after, *self._beside(after)]
            last = after
        return parts

    def _beside(self, first: Segment) -> list[Segment]:
        parts, last = [], first
        for each in self._near.level(first):
            close = -1 <= each.box[0] - last.box[2] < 1.1 * max(last.height, 8.0)
            same = overlap((each.box[1], each.box[3]), (last.box[1], last.box[3])) > 0.5 * min(each.height, last.height)
            if close and same and (id(each) not in self._by_segment or _sentence(each)):
                parts.append(each)
                last = each
        return parts

    def _line_below(self, last: Segment, first: Segment, left: float) -> Segment | None:
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
                if left - 4 <= one.box[0] < each.box[0] - 4
                and overlap((one.box[1], one.box[3]), (each.box[1], each.box[3])) > 2
            ]
            if not beside:
                return each
        return None


def _sentence(each: Segment) -> bool:
    """Tell whether a text that ends with a colon is more likely a part of a sentence."""
    return len(each.words) > 6


def segments_of(pairs: Sequence[Pair]) -> set[int]:
    """Return the segments that pairs are made of."""
    return {id(part) for pair in pairs for part in [pair.label.segment, *pair.parts]}
