"""Compares readings with truths: precision, recall and F1, places, leaks, invented values and wrong units.

A value counts as read when the reading has one, whether a person is asked to look at it or not.
"""

import re
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

import msgspec

from nanopore_tracking.services.ai.forms.model import FormReading, Kind, Read, read_form
from nanopore_tracking.services.ai.scans.model import Scan

Outcome = Literal["right", "wrong", "extra", "missing"]
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
#: Columns that truths of older sets call otherwise.
ALIASES = {
    "qubit_ng_ul": "qubit_ng_per_ul",
    "nanodrop_ng_ul": "nanodrop_ng_per_ul",
    "a260_280": "a260_a280",
    "a260_230": "a260_a230",
    "fragment_size_bp": "fragment_bp",
}
#: A place is hit when its middle is in the true one, widened by this.
_NEAR_PT = 3.0
_TOLERANCE = 5e-4


class Truth(msgspec.Struct, kw_only=True):
    """What one form says, as it lies beside it. scanned: how it was scanned, in words, where somebody knows that."""

    file: str
    format: Kind
    layout: str
    fields: dict[str, dict[str, Any]]
    samples: list[dict[str, dict[str, Any]]]
    must_not: list[str] = []
    scanned: str = ""


class Event(msgspec.Struct, frozen=True):
    """One value compared. place: whether it stands where the truth says; None where that is not known."""

    kind: Literal["field", "cell"]
    name: str
    outcome: Outcome
    place: bool | None = None
    unit_error: bool = False


class Cost(msgspec.Struct, frozen=True, tag="cost"):
    """What a reading cost: processor time without the start of the process, and the most memory it had."""

    cpu_ms: float
    memory_mb: float


class Score(msgspec.Struct, kw_only=True):
    """How many values were right, wrong, too many, missing, and what follows from that."""

    name: str
    right: int
    wrong: int
    extra: int
    missing: int
    precision: float
    recall: float
    f1: float


class Layout(msgspec.Struct):
    """The scores of one kind of form."""

    name: str
    documents: int
    fields: Score
    cells: Score


class Scanned(msgspec.Struct, kw_only=True):
    """What recognising pages cost: processor time of one, the start of its process included, and memory at most."""

    pages: int
    cpu_s_per_page: float
    cpu_s_most: float
    memory_mb: float


class Evaluation(msgspec.Struct, kw_only=True):
    """Everything that was measured on one set."""

    documents: int
    pages: int
    refused: list[str]
    fields: Score
    cells: Score
    layouts: list[Layout]
    by_scan: list[Layout] = []
    by_field: list[Score]
    places_right: int
    places: int
    leaks: list[str]
    invented: list[str]
    unit_errors: int
    cpu_ms_per_page: float
    memory_mb: float
    scans: Scanned | None = None


def measured(content: bytes, options: bytes) -> Iterator[bytes]:
    """Yield a reading and what it cost; run in the sandbox."""
    began = time.process_time()
    yield from read_form(content, options)
    cpu_ms = (time.process_time() - began) * 1000
    yield msgspec.json.encode(Cost(cpu_ms, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def scanned(scans: Sequence[Scan]) -> Scanned | None:
    """Return what the recognised pages of a set cost, None where there are none."""
    if not scans:
        return None
    times = [scan.cpu_s for scan in scans]
    memory_mb = max(scan.memory_mb for scan in scans)
    return Scanned(pages=len(scans), cpu_s_per_page=sum(times) / len(times), cpu_s_most=max(times), memory_mb=memory_mb)


def compare(reading: FormReading, truth: Truth, names: frozenset[str]) -> list[Event]:
    """Return every value compared; names: of the fields that the set knows, others are not counted."""
    told = {ALIASES.get(name, name): value for name, value in truth.fields.items()}
    read = {each.field: each for each in reading.fields if each.value is not None and each.field in names}
    events = _compared("field", read, told)
    columns = {ALIASES.get(name, name) for row in truth.samples for name in row}
    rows = [
        {name: each for name, each in row.cells.items() if each.value is not None and name in columns}
        for row in reading.rows
    ]
    samples = [{ALIASES.get(name, name): value for name, value in row.items()} for row in truth.samples]
    for mine, theirs in _aligned(rows, samples):
        events += _compared("cell", rows[mine] if mine >= 0 else {}, samples[theirs] if theirs >= 0 else {})
    return events


def _compared(
    kind: Literal["field", "cell"], read: Mapping[str, Read], told: Mapping[str, dict[str, Any]]
) -> list[Event]:
    events = []
    for name in sorted(read.keys() | told.keys()):
        mine, theirs = read.get(name), told.get(name)
        if mine is None:
            events.append(Event(kind, name, "missing"))
        elif theirs is None:
            events.append(Event(kind, name, "extra"))
        elif equal(mine.value, theirs["value"]):
            events.append(Event(kind, name, "right", _placed(mine, theirs)))
        else:
            events.append(Event(kind, name, "wrong", None, _shifted(mine.value, theirs["value"])))
    return events


def equal(one: Any, other: Any) -> bool:
    """Tell whether two values are the same: numbers within rounding, texts without regard to case and spaces."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(equal(mine, theirs) for mine, theirs in zip(one, other, strict=True))
    if isinstance(one, list):
        return len(one) == 1 and equal(one[0], other)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(other, int | float):
        return isinstance(one, int | float) and abs(one - other) <= max(_TOLERANCE * abs(other), 1e-6)
    digits = re.sub(r"\D", "", str(other))
    if len(digits) >= 7 and re.fullmatch(r"\+?[\d ()/.-]+", str(other)):
        return re.sub(r"\D", "", str(one)) == digits
    return _plain(one) == _plain(other)


def _plain(value: Any) -> str:
    return re.sub(r"\s+", " ", str(value).replace("\u03bc", "\u00b5")).strip().casefold()


def _shifted(one: Any, other: Any) -> bool:
    """Tell whether a number is the right one but for a power of ten, as it is with a wrong unit."""
    if not isinstance(one, int | float) or not isinstance(other, int | float) or not one or not other:
        return False
    return any(abs(one / other / 10.0**power - 1) < _TOLERANCE for power in (-9, -6, -3, -2, -1, 1, 2, 3, 6, 9))


def _placed(read: Read, told: dict[str, Any]) -> bool | None:
    if read.box is None or not told.get("bbox"):
        return None
    left, top, right, bottom = told["bbox"]
    x, y = (read.box[0] + read.box[2]) / 2, (read.box[1] + read.box[3]) / 2
    across = left - _NEAR_PT <= x <= right + _NEAR_PT
    return bool(read.page == told["page"] and across and top - _NEAR_PT <= y <= bottom + _NEAR_PT)


def _aligned(
    rows: Sequence[Mapping[str, Read]], samples: Sequence[Mapping[str, dict[str, Any]]]
) -> list[tuple[int, int]]:
    """Return rows beside the samples that they are most likely of, in order; -1 where there is none."""
    best = [[0.0] * (len(samples) + 1) for _ in range(len(rows) + 1)]
    for i, row in enumerate(rows):
        for j, sample in enumerate(samples):
            alike = 0.01 + sum(name in row and equal(row[name].value, cell["value"]) for name, cell in sample.items())
            best[i + 1][j + 1] = max(best[i][j + 1], best[i + 1][j], best[i][j] + alike)
    i, j, pairs = len(rows), len(samples), []
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
            pairs.append((i, -1))
        elif best[i][j] == best[i][j - 1]:
            j -= 1
            pairs.append((-1, j))
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs + [(left, -1) for left in range(i)] + [(-1, left) for left in range(j)]


def leaks(reading: FormReading, truth: Truth) -> list[str]:
    """Return the texts that must not become values and are in one; comments may quote them."""
    fields = [str(each.value) for each in reading.fields if each.value is not None and each.field != "comments"]
    cells = [str(each.value) for row in reading.rows for each in row.cells.values() if each.value is not None]
    return [text for text in truth.must_not if any(text in value for value in [*fields, *cells])]


def invented(reading: FormReading) -> list[str]:
    """Return what was read and stands nowhere in the text of the form."""
    words = set(re.findall(r"\w+", " ".join(reading.text).casefold()))
    every = [*reading.fields, *(each for row in reading.rows for each in row.cells.values())]
    read = [each for each in every if each.value is not None]
    return [
        f"{each.field}: {each.raw}"
        for each in read
        if not each.raw or not set(re.findall(r"\w+", each.raw.casefold())) <= words
    ]


def score(name: str, events: Sequence[Event]) -> Score:
    """Return the score of some values; a wrong one counts against precision and recall."""
    counts = {outcome: sum(event.outcome == outcome for event in events) for outcome in _OUTCOMES}
    right, read = counts["right"], counts["right"] + counts["wrong"] + counts["extra"]
    there = counts["right"] + counts["wrong"] + counts["missing"]
    return Score(
        name=name,
        precision=right / read if read else 1.0,
        recall=right / there if there else 1.0,
        f1=2 * right / (read + there) if read + there else 1.0,
        **counts,
    )
