"""Reads sentences by rules: who asks for what, with which kit, on how many samples. Sure enough to be looked at only.

Sentences that give orders to a program are left out before any rule is tried.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nanopore_tracking.services.ai.fields.model import BY_NAME
from nanopore_tracking.services.ai.layouts.model import Segment, Sheet, Word, rows_of, union
from nanopore_tracking.services.ai.prose_rules.model import RULES, Rule, owner_of
from nanopore_tracking.services.ai.readings.model import Read
from nanopore_tracking.services.ai.suspicions.model import is_order
from nanopore_tracking.services.ai.values.model import EMAIL, PHONE, is_nothing, meaning

#: What a rule finds in a letter is right for most letters; a person looks at each.
SURE = 0.7
_FEWEST_WORDS = 40
_LONG_LINE = 7
_DOUBT = "This was found in a sentence, not behind a label."
_FACILITY = re.compile(r"\b(?:core|facility|form v|version|page \d)\b", re.IGNORECASE)


@dataclass
class _Text:
    """Text of all pages with the word that stands at each place."""

    text: str
    starts: list[int]
    words: list[tuple[Word, Sheet, str]]

    def within(self, start: int, end: int) -> list[tuple[Word, Sheet, str]]:
        """Return the words of a stretch of the text."""
        first = max(bisect_right(self.starts, start) - 1, 0)
        last = bisect_right(self.starts, max(end - 1, start))
        return self.words[first:last]


def read(sheets: Sequence[Sheet], *, few: bool) -> list[Read]:
    """Return what the sentences say. few: few fields have labels, so that the form may be a letter."""
    if not few:
        return []
    text = _joined(sheets)
    if len(text.words) < _FEWEST_WORDS:
        return []
    found: list[Read] = []
    done: set[str] = set()
    for rule in RULES:
        if rule.field not in done and (read_ := _first(text, rule)) is not None:
            found.append(read_)
            done.add(rule.field)
    return found + [each for each in _addresses(text) if each.field not in done]


def _joined(sheets: Sequence[Sheet]) -> _Text:
    """Return all sentences as one text: lines of a paragraph joined, orders to programs and short lines apart."""
    made = _Text("", [], [])
    parts: list[str] = []
    at = 0
    for sheet in sheets:
        before: Segment | None = None
        for row in rows_of(sheet.segments):
            line = " ".join(each.text for each in row)
            if is_order(line) or (_FACILITY.search(line) and len(line.split()) < 12):
                before = None
                continue
            gap = before is None or row[0].box[1] - before.box[3] > 0.9 * row[0].height
            parts.append("\n\n" if gap else "\n")
            at += len(parts[-1])
            for each in row:
                for word in each.words:
                    made.starts.append(at)
                    made.words.append((word, sheet, each.place))
                    parts.append(word.text + " ")
                    at += len(parts[-1])
            before = row[0]
    made.text = "".join(parts)
    return made


def _first(text: _Text, rule: Rule) -> Read | None:
    for found in rule.pattern.finditer(text.text):
        value = " ".join(found["value"].split()).strip(" .,;:\"“”'()")
        understood = meaning(value, BY_NAME[rule.field])
        if is_nothing(value) or understood.fits == 0 or understood.value is None:
            continue
        return _read(text, rule.field, found.span("value"))
    return None


def _read(text: _Text, field: str, span: tuple[int, int]) -> Read:
    raw = text.text[span[0] : span[1]]
    start = span[0] + len(raw) - len(raw.lstrip(" \n\"“('"))
    end = span[1] - (len(raw) - len(raw.rstrip(" \n\"”.,;:)'")))
    value = " ".join(text.text[start:end].split())
    if value.count("(") > value.count(")"):
        value, end = f"{value})", end + 1
    understood = meaning(value, BY_NAME[field])
    words = text.within(start, end)
    sheet = words[0][1]
    box = union(word.box for word, own, _ in words if own is sheet)
    return Read(
        field=field,
        raw=value,
        value=understood.value,
        unit=understood.unit,
        page=sheet.number if sheet.paged else None,
        box=sheet.shown(box) if sheet.paged else None,
        place=words[0][2],
        method="prose",
        confidence=round(SURE * max(understood.fits, 0.5), 3),
        state="needs_review",
        doubt=understood.doubt or _DOUBT,
    )


def _addresses(text: _Text) -> Iterator[Read]:
    """Yield e-mail addresses and telephone numbers, by whose they are according to the words before them."""
    seen: set[str] = set()
    for kind, pattern in (("email", EMAIL), ("phone", PHONE)):
        for found in pattern.finditer(text.text):
            if kind == "phone" and (len(re.sub(r"\D", "", found[0])) < 7 or re.search(r"\d{4}-\d\d-\d\d", found[0])):
                continue
            owner = owner_of(text.text[max(0, found.start() - 90) : found.start()], found[0])
            field = f"{owner}_{kind}"
            if field in BY_NAME and field not in seen:
                seen.add(field)
                yield _read(text, field, found.span())
