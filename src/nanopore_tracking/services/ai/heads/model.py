"""Finds the headings of a table of samples, in one line or in several that belong together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from nanopore_tracking.contracts.manifest import NUMBERS
from nanopore_tracking.services.ai.columns.model import Known, recognised
from nanopore_tracking.services.ai.headings.model import candidates, near, plain, take_apart
from nanopore_tracking.services.ai.layouts.model import Segment, Word, one_text, overlap
from nanopore_tracking.services.ai.quantities.model import is_number, is_unit, split_unit
from nanopore_tracking.services.ai.readings.model import Box
from nanopore_tracking.services.ai.ruled.model import Column
from nanopore_tracking.services.ai.spaces.model import gaps, segment

_MOST_LINES = 3
#: Headings of one to three lines that stand in the middle of their row make up to so many.
_MOST_STAGGERED = 7
#: Fewer known headings than this are no table.
_FEWEST_HEADINGS = 3
#: Numbers that are headings: the indexes of ratios, which stand lower than the rest.
_INDEXES = frozenset({"230", "260", "280"})
_EXTRA = ("barcode", "index", "tag", "barcode id", "barcode name", "barcode no", "index tag")


@dataclass
class Head:
    """Headings with their places, how many of them are known, and in how many lines they stand."""

    columns: list[Column]
    count: int
    lines: int


class Heads:
    """Finds headings with a vocabulary and what was learnt."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def find(self, rows: list[list[Segment]], index: int, across: Sequence[Box] = ()) -> Head | None:
        """Return the headings that begin in a line, joined over as many lines as name the most fields.

        across: the rules that run across the page.
        """
        row = rows[index]
        if any(each.entered or each.text.endswith(":") for each in row) or (len(row) < 2 and not _begins(rows, index)):
            return None
        if sum(_measured(each.text) for each in row) > 1:
            return None
        best: Head | None = None
        for count in range(1, _MOST_STAGGERED + 1):
            lines = rows[index : index + count]
            if len(lines) < count or (count > 1 and _too_far(lines)) or (count > _MOST_LINES and not _tight(lines)):
                break
            if count > 1 and _is_below(lines):
                break
            columns = joined([self._apart(line) for line in lines])
            named = self._count([column.heading for column in columns])
            after = rows[index + count] if index + count < len(rows) else []
            if best is None or named > best.count or (named == best.count and _rest_of(lines, after, across)):
                best = Head(columns, named, count)
        if best is None or not self._suffices(best):
            return None
        if index + 1 < len(rows) and (best.lines == 1 or len(row) == 1):
            lower = self._head_count(rows[index + 1]) if len(row) > 1 else self._lower_count(rows, index + 1, across)
            if lower > best.count:
                return None
        return best

    def _apart(self, line: list[Segment]) -> list[Segment]:
        """Return a line of headings, two that come near each other apart where each is known."""
        parts: list[Segment] = []
        for each in line:
            at = next((place for place in gaps(each) if self._know_both(each.words, place)), None)
            words = [each.words[:at], each.words[at:]] if at is not None else []
            parts += [segment(part, each.sheet) for part in words] or [each]
        return parts

    def _know_both(self, words: list[Word], at: int) -> bool:
        return all(self.knows(" ".join(word.text for word in part)) for part in (words[:at], words[at:]))

    def _lower_count(self, rows: list[list[Segment]], index: int, across: Sequence[Box]) -> int:
        lower = self.find(rows, index, across)
        return lower.count if lower is not None else 0

    def _suffices(self, head: Head) -> bool:
        """Tell whether headings are those of a table: enough of them, one for a number, none with a colon."""
        texts = [column.heading for column in head.columns]
        if head.count < _FEWEST_HEADINGS or any(text.rstrip().endswith(":") for text in texts):
            return False
        fields = {field for text in texts for field in self._fields(text)}
        return bool(fields & set(NUMBERS)) and ("sample_name" in fields or len(fields & set(NUMBERS)) >= 3)

    def knows(self, text: str) -> bool:
        """Tell whether a heading names a column, or one of several."""
        return bool(self._fields(text)) or is_barcode(text)

    def _fields(self, text: str) -> tuple[str, ...]:
        taught = self._known.learnt.get(plain(text))
        heading = take_apart(text)
        return (taught,) if taught else candidates(heading).fields or near(heading).fields

    def _head_count(self, row: list[Segment]) -> int:
        return self._count([each.text for each in row])

    def _count(self, headings: list[str]) -> int:
        listed = recognised(headings, self._known) + any(is_barcode(text) for text in headings)
        return listed + sum(_by_words(text) for text in set(headings))


@lru_cache(maxsize=4096)
def _by_words(text: str) -> bool:
    """Tell whether a heading that no list has names a column by its words."""
    heading = take_apart(text)
    return not candidates(heading).fields and bool(near(heading).fields)


@lru_cache(maxsize=4096)
def _measured(text: str) -> bool:
    """Tell whether a text is a number, with its unit or without: a value, and no heading."""
    if not text[:1].isdigit() or text in _INDEXES:
        return False
    split = split_unit(text)
    return is_number(text) or (split is not None and is_unit(split[1]))


def _rest_of(lines: list[list[Segment]], after: list[Segment], across: Sequence[Box]) -> bool:
    """Tell whether a line is the rest of the headings above it: units in brackets, or words that look like those."""
    texts = [each.text for each in lines[-1]]
    brackets = [text for text in texts if text.startswith(("(", "[")) or text.casefold() in ("ratio", "conc.")]
    if len(brackets) * 2 >= len(texts) and len(texts) <= len(lines[0]):
        return True
    if not lines[0][0].look.font and not any(text[:1].isdigit() for text in texts):
        # A scan does not say in what print its headings are: words above a line of numbers are some.
        return sum(each.text[:1].isdigit() for each in after) * 2 >= len(after) > 1 and len(texts) <= len(lines[0])
    looks = {each.look for each in lines[0]}
    if not after or not all(each.look in looks for each in lines[-1]):
        return False
    if not any(one.look in looks for one in after):
        return True
    return _ruled_off(lines, after, across)


def _is_below(lines: list[list[Segment]]) -> bool:
    """Tell whether a line is no heading any more: the title of the rows below, or values."""
    title = one_text(lines[-1]) and not _tight(lines)
    return title or sum(_measured(each.text) for each in lines[-1]) > 1


def _ruled_off(lines: list[list[Segment]], after: list[Segment], across: Sequence[Box]) -> bool:
    """Tell whether a rule runs below some lines and none between them."""
    left = min(each.box[0] for line in lines for each in line)
    right = max(each.box[2] for line in lines for each in line)

    def ruled(top: float, bottom: float) -> bool:
        between = [rule for rule in across if top <= (rule[1] + rule[3]) / 2 <= bottom]
        return sum(max(0.0, overlap((rule[0], rule[2]), (left, right))) for rule in between) > 0.6 * (right - left)

    last, upper = max(each.box[3] for each in lines[-1]), min(each.box[1] for each in after)
    first = min(each.middle for line in lines for each in line)
    return ruled(last - 2, max(upper, last) + 2) and not ruled(first, max(each.middle for each in lines[-1]))


def _begins(rows: list[list[Segment]], index: int) -> bool:
    """Tell whether a single text is the first line of a heading that has more lines than those beside it."""
    lines = rows[index : index + 2]
    if len(lines) < 2 or len(lines[1]) < 2 or _too_far(lines):
        return False
    own = lines[0][0]
    under = [each for each in lines[1] if overlap((each.box[0], each.box[2]), (own.box[0], own.box[2])) > 1]
    return len(under) <= 1 and own.look in {each.look for each in lines[1]} and _tight(lines)


def _tight(lines: list[list[Segment]]) -> bool:
    """Tell whether the last line follows as closely as the lines of one text."""
    upper, lower = lines[-2][0], lines[-1][0]
    return lower.box[1] - upper.box[3] < 0.25 * upper.height


def is_barcode(text: str) -> bool:
    """Tell whether a heading names the barcode, which manifests do not have."""
    return take_apart(text).key in _EXTRA


def joined(lines: list[list[Segment]]) -> list[Column]:
    """Return the headings of one to three lines; one that spans several below it belongs to each of them."""
    columns = [Column(each.text, each.box[0], each.box[2]) for each in lines[0]]
    for line in lines[1:]:
        columns = _lower(columns, line)
    return sorted(columns, key=lambda one: one.start)


def _lower(columns: list[Column], line: list[Segment]) -> list[Column]:
    found: list[Column] = []
    taken: set[int] = set()
    for upper in columns:
        under = [each for each in line if overlap((each.box[0], each.box[2]), (upper.start, upper.end)) > 1]
        under = [each for each in under if id(each) not in taken]
        taken |= {id(each) for each in under}
        if not under:
            found.append(upper)
        elif len(under) == 1:
            start, end = min(upper.start, under[0].box[0]), max(upper.end, under[0].box[2])
            found.append(Column(f"{upper.heading} {under[0].text}".strip(), start, end))
        else:
            found += [Column(f"{upper.heading} {each.text}".strip(), each.box[0], each.box[2]) for each in under]
    return found + [Column(each.text, each.box[0], each.box[2]) for each in line if id(each) not in taken]


def _too_far(lines: list[list[Segment]]) -> bool:
    upper, lower = lines[-2][0], lines[-1][0]
    return lower.box[1] - upper.box[3] > 0.9 * max(upper.height, 8.0) or any(each.entered for each in lines[-1])
