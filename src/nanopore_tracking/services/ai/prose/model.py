"""Reads sentences by rules: who asks for what, with which kit, on how many samples. Sure enough to be looked at only.

Sentences that give orders to a program are left out before any rule is tried.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nanopore_tracking.services.ai.fields.model import BY_NAME
from nanopore_tracking.services.ai.layouts.model import Segment, Sheet, Word, rows_of, union
from nanopore_tracking.services.ai.prose_rules.model import RULES, Rule, owner_of
from nanopore_tracking.services.ai.readings.model import Read
from nanopore_tracking.services.ai.suspicions.model import is_order
from nanopore_tracking.services.ai.values.model import EMAIL, PHONE, is_nothing, meaning

#: What a rule finds in a letter is right for most letters; a person looks at each.
SURE = 0.7
#: The number of a quote has a shape of its own, and only one such number is on the form.
REFERENCE_SURE = 0.9
REFERENCE = re.compile(r"\b[A-Z]{2,6}--[A-Z]{1,4}-\d{1,5}\b")
_SENTENCE = re.compile(r"[^.!?]+(?:[.!?]+|$)")
_FEWEST_WORDS = 40
_LONG_LINE = 7
#: A line of the facility itself, such as its address or the number of the page, has fewer words.
_SHORT_LINE = 12
_DOUBT = "This was found in a sentence, not behind a label."
_FACILITY = re.compile(r"\b(?:core(?!-)|facility|form v|version|page \d)\b", re.IGNORECASE)


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


def read(sheets: Sequence[Sheet], tables: set[int]) -> list[Read]:
    """Return what the sentences say, where the form is a letter. tables: segments that belong to tables."""
    if not is_letter(sheets, tables):
        return []
    text = _joined(sheets, tables)
    found: dict[str, Read] = {}
    spans: list[tuple[int, int]] = []
    for rule in RULES:
        if rule.field not in found and (first := _first(text, rule)) is not None:
            found[rule.field], span = first
            spans.append(span)
    for each in _addresses(text, spans):
        found.setdefault(each.field, each)
    return list(found.values())


def is_letter(sheets: Sequence[Sheet], tables: set[int]) -> bool:
    """Tell whether most words outside of tables stand in long lines."""
    words = long = 0
    for sheet in sheets:
        for row in rows_of([each for each in sheet.segments if id(each) not in tables]):
            count = sum(len(each.text.split()) for each in row)
            gaps = sum(after.box[0] - before.box[2] > 3 * before.height for before, after in pairwise(row))
            words += count
            long += count if count >= _LONG_LINE and not gaps and not _ruled(sheet, row) else 0
    return words >= _FEWEST_WORDS and long > 0.5 * words


def _ruled(sheet: Sheet, row: Sequence[Segment]) -> bool:
    """Tell whether a rule runs down through a line, which is one of a table then."""
    return any(row[0].box[0] < rule[0] < row[-1].box[2] and rule[1] <= row[0].middle <= rule[3] for rule in sheet.down)


def reference(sheets: Sequence[Sheet]) -> Read | None:
    """Return the number of the quote where exactly one such number is on the form, wherever it stands."""
    found: dict[str, tuple[Word, Sheet, str]] = {}
    for sheet in sheets:
        for each in sheet.segments:
            if REFERENCE.search(each.text) and not is_order(each.text):
                for word in each.words:
                    found |= {match[0]: (word, sheet, each.place) for match in REFERENCE.finditer(word.text)}
    if len(found) != 1:
        return None
    value, (word, sheet, place) = next(iter(found.items()))
    page, box = sheet.spot(word.box)
    return Read(
        field="quote_id",
        raw=value,
        value=value,
        page=page,
        box=box,
        place=place,
        method="prose",
        confidence=REFERENCE_SURE,
        state="read",
    )


def _joined(sheets: Sequence[Sheet], tables: set[int]) -> _Text:
    """Return all sentences as one text: lines of a paragraph joined, orders to programs and short lines apart."""
    made = _Text("", [], [])
    parts: list[str] = []
    at = 0
    for sheet in sheets:
        before: Segment | None = None
        lines = rows_of([each for each in sheet.segments if id(each) not in tables])
        full = 0.6 * max((row[-1].box[2] for row in lines), default=0.0)
        for row in lines:
            line = " ".join(each.text for each in row)
            if _FACILITY.search(line) and len(line.split()) < _SHORT_LINE and not is_order(line):
                before = None
                continue
            gap = before is None or row[0].box[1] - before.box[3] > 0.9 * row[0].height
            goes_on = before is not None and before.box[2] > full
            parts.append("\n\n" if gap else "" if goes_on else "\n")
            at += len(parts[-1])
            for each in row:
                for word, after in zip(each.words, [*each.words[1:], None], strict=True):
                    made.starts.append(at)
                    made.words.append((word, sheet, each.place))
                    # Letters that are printed as one sign may be two words side by side.
                    tight = after is not None and after.box[0] - word.box[2] < 0.1 * word.look.size and sheet.paged
                    broken = after is None and each is row[-1] and word.text.endswith("-") and len(word.text) > 1
                    parts.append(word.text if tight or broken else word.text + " ")
                    at += len(parts[-1])
            before = row[-1]
    made.text = _without_orders("".join(parts))
    return made


def _without_orders(text: str) -> str:
    """Return a text as long as before, without the sentences that give orders and what follows in their paragraph."""
    kept = []
    for paragraph in re.split(r"(\n\n)", text):
        end = next((part.start() for part in _SENTENCE.finditer(paragraph) if is_order(part[0])), len(paragraph))
        kept.append(paragraph[:end] + " " * (len(paragraph) - end))
    return "".join(kept)


def _first(text: _Text, rule: Rule) -> tuple[Read, tuple[int, int]] | None:
    for found in rule.pattern.finditer(text.text):
        value = " ".join(found["value"].split()).strip(" .,;:\"“”'")
        understood = meaning(value, BY_NAME[rule.field])
        if is_nothing(value) or understood.fits == 0 or understood.value is None:
            continue
        return _read(text, rule.field, found.span("value")), found.span("value")
    return None


def _read(text: _Text, field: str, span: tuple[int, int]) -> Read:
    raw = text.text[span[0] : span[1]]
    start = span[0] + len(raw) - len(raw.lstrip(" \n\"“('"))
    ending = ' \n"”' if BY_NAME[field].kind == "long_text" else " \n\"”.,;:'"
    end = span[1] - (len(raw) - len(raw.rstrip(ending)))
    value = " ".join(text.text[start:end].split())
    if value.count(")") > value.count("("):
        value, end = value.rstrip(")"), end - 1
    understood = meaning(value, BY_NAME[field])
    words = text.within(start, end)
    sheet = words[0][1]
    page, box = sheet.spot(union(word.box for word, own, _ in words if own is sheet))
    return Read(
        field=field,
        raw=value,
        value=understood.value,
        unit=understood.unit,
        page=page,
        box=box,
        place=words[0][2],
        method="prose",
        confidence=round(SURE * max(understood.fits, 0.5), 3),
        state="needs_review",
        doubt=understood.doubt or _DOUBT,
    )


def _addresses(text: _Text, taken: list[tuple[int, int]]) -> Iterator[Read]:
    """Yield e-mail addresses and telephone numbers, by whose they are according to the words before them."""
    seen: set[str] = set()
    for kind, pattern in (("email", EMAIL), ("phone", PHONE)):
        for found in pattern.finditer(text.text):
            inside = any(start < found.end() and end > found.start() for start, end in taken)
            dated = kind == "phone" and meaning(found[0].strip(), BY_NAME["submission_date"]).value is not None
            if kind == "phone" and (len(re.sub(r"\D", "", found[0])) < 7 or inside or dated):
                continue
            owner = owner_of(text.text[max(0, found.start() - 90) : found.start()], found[0])
            field = f"{owner}_{kind}"
            if field in BY_NAME and field not in seen:
                seen.add(field)
                yield _read(text, field, found.span())
