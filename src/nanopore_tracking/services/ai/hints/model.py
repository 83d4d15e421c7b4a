"""Suggests which field a label or heading may name that nobody knows, by the known text that is nearest to it. Pure.

A suggestion is no value: a field stays missing until a person takes it. What stands beside a label limits what it may
be: an address is of no kit. Near is by meaning (vectors) or by spelling (parts of two to four letters, rare ones more).
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.manifest import BY_NAME as COLUMNS
from nanopore_tracking.contracts.manifest import FIELDS as ALL_COLUMNS
from nanopore_tracking.services.ai.cells.model import Column
from nanopore_tracking.services.ai.cells.model import read as read_cell
from nanopore_tracking.services.ai.fields.model import BY_NAME, DESCRIPTIONS, FIELDS
from nanopore_tracking.services.ai.headings.model import SYNONYMS, take_apart
from nanopore_tracking.services.ai.quantities.model import factor_of
from nanopore_tracking.services.ai.readings.model import Hint, Nearness, Stranger
from nanopore_tracking.services.ai.shapes.model import looks_like
from nanopore_tracking.services.ai.values.model import EMAIL, meaning

#: Nearer than this is suggested: of texts that name no field, 2 of 100 are. docs/forms.md says how it was measured.
LEAST: dict[Nearness, float] = {"meaning": 0.5, "spelling": 0.42}
#: Kinds whose values have a shape of their own: what has it is of no other field, what has not is of none of these.
_SHAPED = frozenset({"email", "date", "size", "money", "yes_no"})
_COUNTED = frozenset({"count", "phone"})
_FEW_LABELS = 8


class Reference(msgspec.Struct, frozen=True):
    """A text of which is known what it names. heading: whether as one of the columns of a table."""

    text: str
    field: str
    heading: bool


@dataclass(frozen=True, kw_only=True)
class Told:
    """A text that nobody knew. raw: what stands beside or below it; field: what was suggested, None for nothing."""

    id: UUID
    kind: Literal["label", "heading"]
    label: str
    raw: str
    field: str | None


def references(learnt: Mapping[str, str]) -> list[Reference]:
    """Return all that is known: what people taught first, then titles, descriptions and usual labels."""
    taught = [Reference(text, field, heading) for text, field in learnt.items() for heading in _as_what(field)]
    return [*taught, *_listed()]


def _as_what(field: str) -> list[bool]:
    return [heading for heading, names in ((False, BY_NAME), (True, COLUMNS)) if field in names]


@lru_cache(maxsize=1)
def _listed() -> tuple[Reference, ...]:
    found = []
    for field in FIELDS:
        texts = (field.title, DESCRIPTIONS[field.name], *field.labels[:_FEW_LABELS])
        found += [Reference(text, field.name, heading=False) for text in texts]
    for column in ALL_COLUMNS:
        names = (column.title, column.description, *SYNONYMS.get(column.name, ())[:_FEW_LABELS])
        found += [Reference(text, column.name, heading=True) for text in names]
    return tuple(found)


def hints(
    strangers: Sequence[Stranger],
    known: Sequence[Reference],
    near: Sequence[Sequence[float]],
    *,
    way: Nearness,
    filled: frozenset[str] = frozenset(),
) -> list[Hint]:
    """Return what strangers may be, each field once. near: of each stranger to each reference; filled: fields read."""
    found = []
    for stranger, scores in zip(strangers, near, strict=True):
        best: dict[str, tuple[float, str]] = {}
        for reference, score in zip(known, scores, strict=True):
            if reference.heading == (stranger.kind == "heading") and score > best.get(reference.field, (0.0, ""))[0]:
                best[reference.field] = (score, reference.text)
        open_ = {name for name in best if stranger.kind == "heading" or name not in filled}
        fitting = [(*best[name], name) for name in open_ if _fits(name, stranger)]
        score, text, name = max(fitting, default=(0.0, "", ""))
        if score >= LEAST[way]:
            found.append(Hint(stranger, name, text, way, round(min(score, 1.0), 3)))
    surest: dict[tuple[str, str], Hint] = {}
    for hint in found:
        key = (hint.stranger.kind, hint.field)
        if key not in surest or hint.score > surest[key].score:
            surest[key] = hint
    return [hint for hint in found if surest[hint.stranger.kind, hint.field] is hint]


def _fits(name: str, stranger: Stranger) -> bool:
    """Tell whether what stands beside a text may be a value of a field at all."""
    if stranger.kind == "heading":
        return _fits_column(name, stranger)
    field, raw = BY_NAME[name], stranger.raw
    shape = looks_like(raw)
    if shape is not None:
        return shape == name
    if EMAIL.search(raw):
        return field.kind == "email" or name == "delivery_emails"
    shaped = {each.kind for each in FIELDS if each.kind in _SHAPED and meaning(raw, each).fits >= 1.0}
    if shaped or field.kind in _SHAPED:
        return field.kind in shaped
    bare = raw.strip().rstrip(".").isdigit()
    if bare or field.kind in _COUNTED:
        return field.kind in (_COUNTED | {"code"}) and meaning(raw, field).fits > 0
    return meaning(raw, field).fits > 0


def _fits_column(name: str, stranger: Stranger) -> bool:
    column, unit = COLUMNS[name], take_apart(stranger.text).unit
    if unit is not None and (column.unit is None or factor_of(unit, column.unit) is None):
        return False
    value = read_cell(stranger.raw, Column(field=column)).value
    if column.type == "number":
        least, most = column.minimum, column.maximum
        inside = least is None or most is None or (isinstance(value, float) and least <= value <= most)
        return isinstance(value, float) and inside
    return value is not None and (unit is None)


def spelled(texts: Sequence[str], known: Sequence[Reference]) -> list[list[float]]:
    """Return how near each text is to each reference by its spelling, 0 to 1."""
    parts = [_parts(reference.text) for reference in known]
    counts = Counter(part for each in parts for part in each)
    rare = {part: math.log((1 + len(parts)) / (1 + count)) + 1 for part, count in counts.items()}
    weighed = [_weighed(each, rare) for each in parts]
    found = []
    for text in texts:
        own = _weighed(_parts(text), rare)
        found.append([sum(weight * other.get(part, 0.0) for part, weight in own.items()) for other in weighed])
    return found


def _parts(text: str) -> Counter[str]:
    words = f" {' '.join(text.casefold().split())} "
    return Counter(words[at : at + size] for size in (2, 3, 4) for at in range(len(words) - size + 1))


def _weighed(parts: Counter[str], rare: Mapping[str, float]) -> dict[str, float]:
    unknown = max(rare.values(), default=1.0)
    found = {part: count * rare.get(part, unknown) for part, count in parts.items()}
    length = math.sqrt(sum(weight * weight for weight in found.values())) or 1.0
    return {part: weight / length for part, weight in found.items()}
