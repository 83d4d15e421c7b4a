"""Looks for what a language model said in the document itself; what does not stand there is no value. Pure.

What counts is the text of the document at that place, never the model's own spelling of it.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from nanopore_tracking.services.ai.fields.model import BY_NAME, FormField
from nanopore_tracking.services.ai.labels.model import Labels, is_generic
from nanopore_tracking.services.ai.layouts.model import overlap, union
from nanopore_tracking.services.ai.prompts.model import Said
from nanopore_tracking.services.ai.readings.model import Box, Line, Read
from nanopore_tracking.services.ai.suspicions.model import is_order
from nanopore_tracking.services.ai.values.model import is_nothing, meaning

#: How sure a value is that a model found: a label of the field stands beside it, none does, one of another field does.
LABELLED, UNLABELLED, OTHERWISE = 0.9, 0.6, 0.3
#: Lines over which a value may go, by the kind of the field.
_MOST_LINES = {"long_text": 12}
_FEW_LINES = 3
_LONGEST_SAID, _LONGEST_SHOWN = 4000, 120
#: Places at which a text is looked at; one that stands more often says nothing.
_MOST_PLACES = 50
#: Values of these kinds are printed as options too: that one stands there says nothing of whether it was chosen.
_CHOSEN = frozenset({"choice", "yes_no"})
_END = "\0"
_UNSURE_BEFORE = re.compile(r"(?:[~≈±<>≤≥]|\b(?:ca?\.|circa|approx\.?|approximately|about|around))\s*$", re.IGNORECASE)
#: Letters that are written for each other: micro, hyphens and dashes, quotes, times.
_SAME = str.maketrans(
    {
        **dict.fromkeys("\u03bc\u00b5", "u"),
        **dict.fromkeys("\u2010\u2011\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u2018\u2019", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        "\u00d7": "x",
    }
)
_INLINE = re.compile(r"([^:：?]{2,70}?)\s*[:：?]\s*$")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: its first line, the letters of each line that belong to it, and what that says."""

    line: int
    stretches: tuple[tuple[int, int, int], ...]
    raw: str


class Source:
    """The lines of a document in which texts are looked for; lines that give orders are not among them."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        letters: list[str] = []
        self._at: list[tuple[int, int]] = []
        page: object = None
        for number, line in enumerate(lines):
            # Nothing goes on over the end of a page, or over a line that was left out.
            letters.append(_END if line.page != page or line.order else " ")
            self._at.append((number, 0))
            page = line.page
            for at, letter in enumerate("" if line.order else line.text):
                for one in _normal(letter):
                    if one != " " or letters[-1] not in (" ", _END):
                        letters.append(one)
                        self._at.append((number, at))
        self._text = _decimals("".join(letters) + _END)

    def find(self, text: str, most_lines: int) -> Iterator[Place]:
        """Yield every place at which a text stands by itself, whatever its spaces, case, quotes and decimal marks."""
        wanted = _decimals(" ".join("".join(_normal(letter) for letter in text).split()))
        at = self._text.find(wanted) if wanted else -1
        while at >= 0:
            end = at + len(wanted)
            if _alone(self._text, at, end):
                place = self._place(at, end)
                if len(place.stretches) <= most_lines:
                    yield place
            at = self._text.find(wanted, at + 1)

    def _place(self, start: int, end: int) -> Place:
        stretches: dict[int, tuple[int, int]] = {}
        for index in range(start, end):
            number, at = self._at[index]
            if self._text[index] != " " or number in stretches:
                first = stretches.get(number, (at, at))[0]
                stretches[number] = (first, at + 1)
        first_line = min(stretches)
        begin, stop = stretches[first_line]
        unsure = _UNSURE_BEFORE.search(self.lines[first_line].text[:begin])
        stretches[first_line] = (unsure.start() if unsure else begin, stop)
        found = tuple((number, *stretches[number]) for number in sorted(stretches))
        raw = " ".join(" ".join(self.lines[number].text[a:b].split()) for number, a, b in found)
        return Place(first_line, found, raw)

    def box(self, place: Place) -> Box | None:
        """Return the box around a place, as far as it is on its first page; None for a file without pages."""
        page = self.lines[place.line].page
        boxes: list[Box] = []
        for number, begin, end in place.stretches:
            words = self.lines[number].words
            starts = [start for start, _ in words]
            first = max(0, bisect_right(starts, begin) - 1)
            boxes += [box for start, box in words[first:] if start < end]
        return union(boxes) if page is not None and boxes else None

    def cell(self, place: Place) -> str:
        """Return where a place is in a file without pages, such as `B4`."""
        parts = self.lines[place.line].parts
        index = bisect_right([start for start, _ in parts], place.stretches[0][1]) - 1
        return parts[index][1] if parts else ""


@lru_cache(maxsize=4096)
def _normal(letter: str) -> str:
    plain = unicodedata.normalize("NFKC", letter).translate(_SAME).casefold()
    return "".join(" " if one.isspace() else one for one in plain if one.isprintable() or one.isspace())


def _decimals(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d)", ".", text)


def _alone(text: str, start: int, end: int) -> bool:
    """Tell whether a stretch is not a part of a longer word or number."""
    before, after = text[start - 1], text[end]
    if (text[start].isalnum() and before.isalnum()) or (text[end - 1].isalnum() and after.isalnum()):
        return False
    joined = ".-/" if any(letter.isdigit() for letter in text[start:end]) else ".-"
    goes_on = text[end - 1].isalnum() and after in joined and text[end + 1].isalnum()
    return not goes_on and not (text[start].isalnum() and before in joined and text[start - 2 : start - 1].isalnum())


def ground(name: str, said: Said, source: Source, *, labels: Labels, model: str) -> Read | None:
    """Return a field as the document bears it out; None where the model says that it is not there."""
    text = (said.text or "").strip()
    if is_nothing(text):
        return None
    field = BY_NAME[name]
    most_lines = _MOST_LINES.get(field.kind, _FEW_LINES)
    places = [] if len(text) > _LONGEST_SAID else list(islice(source.find(text, most_lines), _MOST_PLACES))
    if not places:
        shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
        doubt = f"Unconfirmed: the model says “{shown}”, which does not stand in the document. Nothing was filled in."
        return Read(field=name, method="llm", state="needs_review", doubt=doubt, model=model, unconfirmed=True)
    judged = [(_label(place, field, source=source, labels=labels), place) for place in places]
    # The best label wins; among equals the place that the model named.
    sure, place = max(judged, key=lambda each: (each[0], each[1].line + 1 == said.line))
    return _settled(name, place, source, sure=sure, model=model)


def _settled(name: str, place: Place, source: Source, *, sure: float, model: str) -> Read:
    field = BY_NAME[name]
    understood = meaning(place.raw, field)
    read = Read(
        field=name,
        raw=place.raw,
        page=source.lines[place.line].page,
        box=source.box(place),
        place=source.cell(place),
        method="llm",
        state="needs_review",
        model=model,
        unconfirmed=True,
    )
    if is_order(place.raw) or understood.fits == 0 or (understood.value is None and not understood.doubt):
        read.doubt = f"Unconfirmed: the model took this for the field “{field.title}”, which it cannot be."
        return read
    read.value, read.unit = understood.value, understood.unit
    read.confidence = round(sure * max(understood.fits, 0.3), 3)
    if sure == LABELLED and field.kind not in _CHOSEN and not understood.doubt:
        read.state, read.unconfirmed = "read", False
    else:
        read.doubt = understood.doubt or _why(sure, field)
    return read


def _why(sure: float, field: FormField) -> str:
    if sure == OTHERWISE:
        return "Unconfirmed: the model found this, and the label beside it is that of another field."
    if field.kind in _CHOSEN and sure == LABELLED:
        return "Unconfirmed: the model found this; whether it is what was chosen it cannot see."
    return "Unconfirmed: the model found this; no label of the field stands beside it."


def _label(place: Place, field: FormField, *, source: Source, labels: Labels) -> float:
    """Return how sure the label beside or above a place makes of the field."""
    for text in _beside(place, source):
        known = labels.find(text)
        if known is not None and not is_generic(text):
            return LABELLED if known.field == field.name else OTHERWISE
    return UNLABELLED


def _beside(place: Place, source: Source) -> Iterator[str]:
    """Yield what may be the label of a place: before it in its own text, to the left, above."""
    line = source.lines[place.line]
    starts = [start for start, _ in line.parts]
    index = max(0, bisect_right(starts, place.stretches[0][1]) - 1)
    begin = starts[index] if starts else 0
    before = line.text[begin : place.stretches[0][1]].strip()
    if before:
        inline = _INLINE.search(before)
        yield (inline[1] if inline else before).strip(" :*")
        return
    if index > 0:
        yield line.text[starts[index - 1] : begin].strip(" :*")
        return
    box = source.box(place)
    if box is None or place.line == 0 or source.lines[place.line - 1].page != line.page:
        return
    above = source.lines[place.line - 1]
    ends = [*(start for start, _ in above.parts[1:]), len(above.text)]
    for (start, _), end in zip(above.parts, ends, strict=True):
        boxes = [where for at, where in above.words if start <= at < end]
        if boxes and overlap((union(boxes)[0], union(boxes)[2]), (box[0], box[2])) > 0:
            yield above.text[start:end].strip(" :*")
