"""Puts together what rules read and what a language model said: whom to ask for what, and whose word counts. Pure.

What is only drawn, such as a mark beside an option, no model of texts can see: those fields are the rules' alone, and
so is a table that they found.
"""

from collections.abc import Mapping, Sequence

import msgspec

from nanopore_tracking.contracts.form import FORM_FIELDS
from nanopore_tracking.contracts.manifest import BY_NAME as COLUMNS
from nanopore_tracking.counting import counted
from nanopore_tracking.services.ai.cells import model as cells
from nanopore_tracking.services.ai.groundings.model import Source, ground
from nanopore_tracking.services.ai.labels.model import Labels
from nanopore_tracking.services.ai.prompts.model import Answer, SaidSample
from nanopore_tracking.services.ai.readings.model import FormReading, Read, Row
from nanopore_tracking.services.ai.templates.model import Template

#: Values of which the rules are less sure are asked for.
BAR = 0.8
#: How sure a cell is that a model found in its line: there is no heading that says so.
_CELL = 0.5
_FOUND_BY_RULES = frozenset({"mark"})


class Wanted(msgspec.Struct, frozen=True):
    """What a model is to be asked for; nothing at all where the rules left nothing open."""

    fields: tuple[str, ...]
    samples: bool

    def __bool__(self) -> bool:
        """Tell whether there is anything to ask."""
        return bool(self.fields) or self.samples


def wanted(reading: FormReading, way: str, template: Template | None) -> Wanted:
    """Return what a model is asked for: by `llm` everything, else what the rules left open."""
    drawn = {group.field for group in template.groups} if template is not None else set()
    there = {each.field: each for each in reading.fields}
    drawn |= {name for name, each in there.items() if each.method in _FOUND_BY_RULES}
    names = [field.name for field in FORM_FIELDS if field.name not in drawn]
    if way != "llm":
        # A form that is known has the fields that its template names, and no others.
        names = [name for name in names if template is None or name in template.labels]
        names = [name for name in names if _open(there.get(name))]
    return Wanted(tuple(names), samples=not reading.rows)


def _open(read: Read | None) -> bool:
    if read is None or (read.state == "blank" and not read.raw):
        return True
    return read.state == "needs_review" or (read.state == "read" and read.confidence < BAR)


def blend(reading: FormReading, way: str, answer: Answer, *, labels: Labels, model: str) -> FormReading:
    """Return the reading with what a model said, as far as the document bears that out."""
    source = Source(reading.lines)
    said = {name: ground(name, each, source, labels=labels, model=model) for name, each in answer.fields.items()}
    there = {each.field: each for each in reading.fields}
    fields = []
    for name in [*there, *(name for name in said if name not in there)]:
        rules, found = there.get(name), said.get(name)
        if name not in said:
            fields.append(there[name])
        elif rules is None or (rules.value is None and not rules.raw):
            fields += _alone(found, rules)
        elif found is None or found.value is None:
            fields += [rules] if way != "llm" or found is None else [found]
        else:
            fields.append(_both(rules, found))
    rows, warnings = _rows(reading, answer.samples, source, model=model)
    if way == "llm":
        # Only what the model said and the document bears out; what only the rules saw is for a person to look at.
        fields = [_unseen(each) if each.field in said and each.model is None else each for each in fields]
    changed = {"method": way, "model": model, "fields": fields, "rows": rows}
    return msgspec.structs.replace(reading, **changed, warnings=[*reading.warnings, *warnings])


def _alone(found: Read | None, rules: Read | None) -> list[Read]:
    """Return what the model found where the rules found nothing."""
    if found is None:
        return [rules] if rules is not None else []
    if rules is not None and found.state == "read":
        doubt = "Unconfirmed: the model found this; the rules found the label of the field, with nothing beside it."
        return [msgspec.structs.replace(found, state="needs_review", doubt=doubt, unconfirmed=True)]
    return [found]


def _both(rules: Read, found: Read) -> Read:
    """Return one value of two: agreement makes it surer, a difference is for a person."""
    if not _same(rules, found):
        where = f" on page {found.page}" if found.page else ""
        doubt = f"The rules read “{_short(rules.raw)}” here, the model “{_short(found.raw)}”{where}."
        return msgspec.structs.replace(rules, state="needs_review", doubt=doubt, unconfirmed=True)
    sure = round(1 - (1 - rules.confidence) * (1 - found.confidence), 3)
    agreed = msgspec.structs.replace(rules, confidence=min(sure, 0.98), model=found.model)
    # A sentence is doubted for being one; other doubts are about the value itself, and stay.
    if rules.state == "needs_review" and rules.method == "prose" and sure >= BAR and not _doubtful(found):
        agreed = msgspec.structs.replace(agreed, state="read", doubt="")
    return agreed


def _doubtful(found: Read) -> bool:
    return bool(found.doubt) and not found.doubt.startswith("Unconfirmed")


def _same(one: Read, other: Read) -> bool:
    if isinstance(one.value, float) and isinstance(other.value, float):
        return one.value == other.value
    return _plain(one) == _plain(other)


def _plain(read: Read) -> str:
    text = read.raw if read.value is None or isinstance(read.value, list | bool) else str(read.value)
    return " ".join(str(text).casefold().split()).strip(" .,;:\"'“”")


def _short(text: str | None) -> str:
    said = text or "nothing"
    return said if len(said) <= 60 else f"{said[:60]}…"


def _unseen(rules: Read) -> Read:
    """Return a value that only the rules saw, for a person to look at."""
    if rules.value is None or rules.state != "read":
        return rules
    doubt = "The rules read this; the model did not find it."
    return msgspec.structs.replace(rules, state="needs_review", doubt=doubt)


def _rows(
    reading: FormReading, samples: Sequence[SaidSample], source: Source, *, model: str
) -> tuple[list[Row], list[str]]:
    """Return the rules' table or, without one, samples whose names stand in the document; warnings of the others."""
    if reading.rows or not samples:
        return reading.rows, []
    made = [_row(each, source, model=model) for each in samples]
    rows = [row for row in made if row is not None]
    missing = len(made) - len(rows)
    one = "sample that does not stand in the document; it was"
    many = "samples that do not stand in the document; they were"
    warnings = [f"The model named {counted(missing, one, many)} left out."]
    return rows, warnings if missing else []


def _row(said: SaidSample, source: Source, *, model: str) -> Row | None:
    read = {name: _cell(name, text, said, source=source, model=model) for name, text in _texts(said.cells).items()}
    found = {name: each for name, each in read.items() if each is not None}
    return Row(cells=found) if "sample_name" in found else None


def _texts(said: Mapping[str, str | None]) -> dict[str, str]:
    return {name: text for name, text in said.items() if name in COLUMNS and text and not cells.is_blank(text)}


def _cell(name: str, text: str, said: SaidSample, *, source: Source, model: str) -> Read | None:
    """Return a cell that stands in the line of its sample or in one beside it, None where it does not."""
    at = (said.line or 0) - 1
    place = next((each for each in source.find(text, 1) if abs(each.line - at) <= 1), None)
    if place is None:
        return None
    meant = cells.read(place.raw, cells.Column(field=COLUMNS[name]))
    return Read(
        field=name,
        raw=place.raw,
        value=meant.value,
        page=source.lines[place.line].page,
        box=source.box(place),
        place=source.cell(place),
        method="llm",
        confidence=_CELL,
        state="needs_review",
        doubt=meant.note or "Unconfirmed: the model took this from a sentence; there is no table that says so.",
        model=model,
        unconfirmed=True,
    )
