"""Finds the value that belongs to each label: in the same text behind a colon, to the right, or below in the same box.

A text that looks like a label is never a value, known or not: so an unknown label leaves a field missing, not wrong.
"""

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from nanopore_tracking.services.ai.captions.model import captions
from nanopore_tracking.services.ai.labels.model import Labels, role_of
from nanopore_tracking.services.ai.layouts.model import Look, Segment, Sheet
from nanopore_tracking.services.ai.matrices.model import persons
from nanopore_tracking.services.ai.neighbours.model import Label, Neighbours, Pair

_FEWEST_OF_LOOK = 4
_OTHER_LOOK = 0.8
#: The edge of a page takes this share of its height; print is small below this share of what labels have.
_EDGE, _SMALL = 0.07, 0.9
_INLINE = re.compile(r"^([^:：?]{2,70}?)\s*[:：?][\s:：?*]*(.*)$", re.DOTALL)
_LEADER = re.compile(r"[._…]{3,}")
#: What a value has that is called like its label.
_CODED = re.compile(r"\([A-Z]{2,}|[A-Z]{2,}-?[A-Z]*\d")
_MARKS = re.compile(r"^[\s*:•·†‡>\-–]+$")


class Pairs(Neighbours):
    """Finds labels and values on one page; free: segments that no table and no group of options has taken."""

    def __init__(self, sheet: Sheet, free: Sequence[Segment], labels: Labels, *, letter: bool = False) -> None:
        #: Words are spread over the lines of a letter, so that a wider gap is no end of a text.
        self._gap = 3.0 if letter else 0.62
        super().__init__(sheet)
        self._find = labels.find
        self._persons = persons(free, labels)
        of_persons = segments_of(self._persons)
        free = [each for each in free if id(each) not in of_persons and not _MARKS.match(each.text)]
        made = captions(free, self._frames, self._names)
        self._lines = made.lines
        self._lay([each for each in made.segments if id(each) not in made.hints])
        self._ignores = labels.ignores
        self.labels = [label for each in self._free if (label := self._label(each)) is not None]
        self.labels = [each for each in self.labels if not self._embedded(each) and not self._in_text(each)]
        self.labels = [each for each in self.labels if not self._answers(each)]
        self._looks = self._label_looks()
        self._headed = self._label_columns()
        known = {id(label.segment) for label in self.labels}
        for each in self._free:
            if id(each) not in known and self._unknown_label(each):
                self.labels.append(Label(each.text.strip(" :*"), each, None))
        self._known_ids = {id(each.segment) for each in self.labels if each.known is not None and not each.inline}
        self._by_segment = {id(label.segment): label for label in self.labels}
        self._entered = sum(each.entered for each in self._free) >= 3
        self._below = self._mostly_below()
        self._over = self.mostly_over()

    def pairs(self) -> list[Pair]:
        """Return every label with its value, from top to bottom."""
        ordered = sorted(
            (each for each in self.labels if not self._at_edge(each)),
            key=lambda each: (each.segment.middle, each.segment.box[0]),
        )
        taken: set[int] = set()
        found = list(self._persons)
        for label in ordered:
            pair = self._pair(label, taken)
            # Where labels have a look of their own, `Phone: …` in a letterhead is less likely to be one.
            label.lines = self._lines.get(id(label.segment), [])
            pair.sure *= 1.0 if not self._looks or label.segment.look in self._looks else _OTHER_LOOK
            taken |= {id(part) for part in pair.parts}
            found.append(pair)
        return found

    def _at_edge(self, label: Label) -> bool:
        """Tell whether a label stands in small print at the edge of a page, where facilities say who they are."""
        own, sheet = label.segment, self._sheet
        tall = sheet.height_pt if sheet.turned % 2 == 0 else sheet.width_pt
        inner = _EDGE * tall < own.middle < (1 - _EDGE) * tall
        if inner or not sheet.paged or not own.look.font or own.entered:
            return False
        return own.look.size < _SMALL * median(each.segment.look.size for each in self.labels)

    def _label(self, each: Segment) -> Label | None:
        """Return a segment as a label that is known, with what stands behind its colon."""
        if each.entered or not each.text:
            return None
        text = each.text.strip()
        inline = _INLINE.match(text)
        if inline is not None:
            known = self._find(inline[1])
            if known is not None and self._find(inline[2].strip(" :*")) and (whole := self._find(text.strip(" :*"))):
                # `Billing: PO or grant number` is a label as a whole.
                return Label(text, each, whole)
            if known is not None or not inline[2]:
                # `Remarks? / Remarques:` says its name twice.
                value = "" if inline[2].startswith("/") and inline[2].endswith(":") else _LEADER.sub("", inline[2])
                return Label(inline[1], each, known, value.strip().lstrip(",;"))
        leader = _LEADER.search(text)
        if leader is not None and (known := self._find(text[: leader.start()])) is not None:
            return Label(text[: leader.start()], each, known, text[leader.end() :].lstrip(" _.…").rstrip(" _…"))
        first, _, rest = text.partition("\n")
        if each.cell is not None and rest and not rest.startswith("(") and (known := self._find(first)) is not None:
            # Where both lines are words of labels they are one label, unless the second is known as a value.
            return Label(first, each, known, rest) if self._find(rest) is None else Label(text, each, known)
        known = self._find(text)
        return Label(text, each, known) if known is not None else None

    def _names(self, text: str) -> str | None:
        known = self._find(text.strip().rstrip(" :*?"))
        return known.field if known is not None else None

    def _embedded(self, label: Label) -> bool:
        """Tell whether a label stands in the middle of a sentence, directly behind other words."""
        own = label.segment
        for each in self._near.level(own):
            gap = own.box[0] - each.box[2]
            level = abs(each.middle - own.middle) < 0.4 * own.height
            if level and -1 <= gap < self._gap * own.height and each.look == own.look:
                before = next((one for one in self.labels if one.segment is each), None)
                long = before is not None and before.known is not None and before.known.field == "comments"
                if not each.text.rstrip().endswith((":", "*")) or long:
                    return True
        return False

    def _in_text(self, label: Label) -> bool:
        """Tell whether a label is a further line of the text of a cell, such as `library prep` in a comment."""
        own = label.segment
        frame = self._frames.of(own)
        if frame is None or label.inline or own.text.rstrip().endswith(":"):
            return False
        lines = self._frames.inside(frame, self._free)
        text = all(each.look == own.look and abs(each.box[0] - own.box[0]) <= 2 for each in lines)
        return text and any(each.box[3] < own.middle for each in lines)

    def _answers(self, label: Label) -> bool:
        """Tell whether a label is the value of the one before or above: `Library kit`, `Ligation Kit (SQK-LSK114)`."""
        own = label.segment
        if label.known is None or label.inline or not _CODED.search(label.text) or own.text.rstrip().endswith(":"):
            return False
        for each in self.labels:
            if each is label or each.known is None or each.known.field != label.known.field or each.inline:
                continue
            other = each.segment
            level = abs(other.middle - own.middle) < 0.5 * own.height and other.box[2] <= own.box[0]
            above = 0 <= own.box[1] - other.box[3] + 2 < 1.7 * own.height and abs(other.box[0] - own.box[0]) <= 8
            if level or above:
                return True
        return False

    def _label_looks(self) -> set[Look]:
        """Return the looks that only labels have on this page: what stands beside or below labels looks otherwise."""
        known = {id(label.segment) for label in self.labels}
        alike: Counter[Look] = Counter()
        other: Counter[Look] = Counter()
        for label in self.labels:
            near = None if label.inline else self.neighbour(label.segment)
            if near is not None and id(near) not in known:
                (alike if near.look == label.segment.look else other)[label.segment.look] += 1
        return {look for look, count in other.items() if count >= _FEWEST_OF_LOOK and count > 3 * alike[look]}

    def _label_columns(self) -> dict[Look, set[int]]:
        """Return where labels of one look begin, for looks in which hardly anything but labels begins there.

        What else stands there is a label that nobody knows, as on forms that are blank or have values of the same look.
        """
        known = {id(label.segment) for label in self.labels if label.known is not None}
        starts: dict[Look, Counter[int]] = {}
        for label in self.labels:
            if label.known is not None and not label.inline:
                starts.setdefault(label.segment.look, Counter())[round(label.segment.box[0] / 3)] += 1
        found: dict[Look, set[int]] = {}
        for look, counts in starts.items():
            places = {at + step for at, count in counts.items() if count > 1 for step in (-1, 0, 1)}
            there = [each for each in self._free if each.look == look and round(each.box[0] / 3) in places]
            labels = sum(id(each) in known for each in there)
            if labels >= _FEWEST_OF_LOOK and labels > 2 * (len(there) - labels) and look.font:
                found[look] = places
        return found

    def _unknown_label(self, each: Segment) -> bool:
        if each.entered or not each.text or each.text.endswith("::"):
            return False
        if self._ignores(each.text) or role_of(each.text) is not None:
            return True
        if round(each.box[0] / 3) in self._headed.get(each.look, ()) and len(each.text) < 70 and self._sheet.paged:
            return True
        if self._looks:
            return each.look in self._looks and len(each.text) < 70
        return each.text.rstrip(" *").endswith((":", "：")) and len(each.text) < 70

    def _mostly_below(self) -> bool:
        """Tell whether the values of this page stand below their labels rather than beside them."""
        beside = below = bold = 0
        for label in self.labels:
            if label.known is not None and not label.inline:
                right, under = self.right(label.segment), self.under(label.segment)
                beside += right is not None and under is None
                below += under is not None and right is None
                bold += under is not None and under.look.bold and not label.segment.look.bold
        self._bold = bold * 2 > len(self._known_ids)
        return below > beside

    def _pair(self, label: Label, taken: set[int]) -> Pair:
        if label.inline:
            return Pair(label, [label.segment, *self.rest(label.segment, label)], "inline", 1.0)
        if self._over:
            above = self.over(label.segment)
            return Pair(label, [] if above is None else [above, *self.beside(above)], "above", 0.9)
        right, under = self.right(label.segment), self.under(label.segment)
        cell = self.cell(label.segment, right)
        if cell:
            return Pair(label, cell, "right", 1.0)
        right = None if right is not None and id(right) in taken else right
        under = None if under is not None and id(under) in taken else under
        boxed = under is not None and self.walled(label.segment, right)
        if right is not None and not boxed and (under is None or not self._below or self.tight(label.segment, right)):
            near = right.box[0] - label.segment.box[2] < 0.3 * max(self._sheet.width_pt, 1)
            return Pair(label, [right, *self.rest(right, label)], "right", 1.0 if near else 0.96)
        if under is not None and (self._below or right is None):
            usual = 0.99 if self._below else 0.9
            return Pair(label, [under, *self.rest(under, label)], "below", usual)
        return Pair(label, [], "right", 1.0)


def segments_of(pairs: Sequence[Pair]) -> set[int]:
    """Return the segments that pairs are made of."""
    return {id(part) for pair in pairs for part in [pair.label.segment, *pair.label.lines, *pair.parts]}
