"""Finds the headings of a table of samples, in one line or in several that belong together."""

from dataclasses import dataclass
from functools import lru_cache

from nanopore_tracking.contracts.manifest import NUMBERS
from nanopore_tracking.services.ai.columns.model import Known, recognised
from nanopore_tracking.services.ai.headings.model import candidates, near, plain, take_apart
from nanopore_tracking.services.ai.layouts.model import Segment, overlap
from nanopore_tracking.services.ai.ruled.model import Column

_MOST_LINES = 3
#: Fewer known headings than this are no table.
_FEWEST_HEADINGS = 3
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

    def find(self, rows: list[list[Segment]], index: int) -> Head | None:
        """Return the headings that begin in a line, joined over as many lines as name the most fields."""
        row = rows[index]
        if len(row) < 2 or any(each.entered or each.text.endswith(":") for each in row):
            return None
        best: Head | None = None
        for count in range(1, _MOST_LINES + 1):
            lines = rows[index : index + count]
            if len(lines) < count or (count > 1 and _too_far(lines)):
                break
            columns = _merged(lines)
            named = self._count([column.heading for column in columns])
            after = rows[index + count] if index + count < len(rows) else []
            if best is None or named > best.count or (named == best.count and _rest_of(lines, after)):
                best = Head(columns, named, count)
        if best is None or not self._suffices(best) or sum(each.entered for each in rows[index]) > 1:
            return None
        if index + 1 < len(rows) and best.lines == 1:
            lower = self._head_count(rows[index + 1])
            if lower > best.count:
                return None
        return best

    def _suffices(self, head: Head) -> bool:
        """Tell whether headings are those of a table: enough of them, one for a number, none with a colon."""
        texts = [column.heading for column in head.columns]
        if head.count < _FEWEST_HEADINGS or any(text.rstrip().endswith(":") for text in texts):
            return False
        fields = {field for text in texts for field in self._fields(text)}
        return bool(fields & set(NUMBERS)) and ("sample_name" in fields or len(fields & set(NUMBERS)) >= 3)

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


def _rest_of(lines: list[list[Segment]], after: list[Segment]) -> bool:
    """Tell whether a line is the rest of the headings above it: units in brackets, or words that look like those."""
    texts = [each.text for each in lines[-1]]
    brackets = [text for text in texts if text.startswith(("(", "[")) or text.casefold() in ("ratio", "conc.")]
    if len(brackets) * 2 >= len(texts) and len(texts) <= len(lines[0]):
        return True
    looks = {each.look for each in lines[0]}
    return all(each.look in looks for each in lines[-1]) and bool(after) and not any(one.look in looks for one in after)


def is_barcode(text: str) -> bool:
    """Tell whether a heading names the barcode, which manifests do not have."""
    return plain(text).strip(" :*#.") in _EXTRA


def _merged(lines: list[list[Segment]]) -> list[Column]:
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
