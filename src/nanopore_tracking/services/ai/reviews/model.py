"""What a review of a form is: when it may be changed, what a corrected value means, and what an accepted form says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.events.ai import Cell, ColumnMatch, ManifestRow
from nanopore_tracking.contracts.form import BY_NAME as FORM_BY_NAME
from nanopore_tracking.contracts.form import FORM_FIELDS
from nanopore_tracking.contracts.manifest import BY_NAME as COLUMNS
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.errors import FieldError
from nanopore_tracking.services.ai.acceptances.model import Judged
from nanopore_tracking.services.ai.cells import model as cells
from nanopore_tracking.services.ai.readings.model import FormReading, Read, Value

#: How long somebody is waited for who does nothing.
PATIENCE = timedelta(minutes=10)
#: Below, a person confirms a value whatever its reader says; domain rules may doubt one above.
MUST_CONFIRM = 0.8
#: What confirms a value, corrects it, and takes that back.
Action = Literal["confirm", "correct", "undo"]
Box = tuple[float, float, float, float]
#: The order number of a library kit, which forms write behind its name.
_KIT = re.compile(r"\bSQK-[A-Z]{2,5}\d{3}(?:[.-]\w+)?")


@dataclass(frozen=True, kw_only=True)
class Locked:
    """A form that is about to be decided on. held: its reviewer is still waited for."""

    id: UUID
    document_id: UUID
    project_id: UUID
    lab_id: UUID
    filename: str
    sha256: str
    state: str
    version: int
    method: str
    reader_version: int
    template: str
    reviewer_id: str | None
    reviewer: str | None
    held: bool


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A value as it counts now. open: it is in doubt and nobody has looked at it."""

    id: UUID
    position: int
    field: str
    row_number: int | None
    raw: str
    read_raw: str
    value: Value
    unit: str | None
    method: str
    page: int | None
    box: Box | None
    confidence: float | None
    state: str
    doubt: str
    version: int
    open: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of the table of samples, without its values."""

    row_number: int
    role: str
    dropped: bool
    version: int


def placed(reading: FormReading) -> list[tuple[int | None, Read]]:
    """Return all values of a form in the order of a review, with their rows; fields that it does not have are blank."""
    there = {each.field: each for each in reading.fields}
    known = [there.get(field.name, Read(field=field.name)) for field in FORM_FIELDS]
    others = [each for each in reading.fields if each.field not in FORM_BY_NAME]
    found: list[tuple[int | None, Read]] = [(None, each) for each in (*known, *others)]
    for number, row in enumerate(reading.rows, 1):
        found += [(number, row.cells[name]) for name in _in_order(row.cells)]
    return [(number, _doubted(each)) for number, each in found]


def _doubted(each: Read) -> Read:
    """Return a value that a person must look at where its reader was not sure enough of it."""
    if each.state != "read" or each.confidence >= MUST_CONFIRM:
        return each
    doubt = f"The reader is {each.confidence:.0%} sure of this; below {MUST_CONFIRM:.0%} somebody has to look at it."
    return msgspec.structs.replace(each, state="needs_review", doubt=doubt)


def _in_order(there: Mapping[str, Any]) -> list[str]:
    return [*(name for name in COLUMNS if name in there), *(name for name in there if name not in COLUMNS)]


def refuse_closed(locked: Locked) -> None:
    """Raise Conflict where nothing can be decided any more."""
    if locked.state != "needs_review":
        what = {"read": "was accepted already", "refused": "was refused"}.get(locked.state, "is being read again")
        raise errors.Conflict(f"This form {what}. Nothing was changed.", state=locked.state)


def refuse_others(locked: Locked, account_id: str) -> None:
    """Raise Conflict where somebody else reviews the form now."""
    if locked.held and locked.reviewer_id != account_id:
        raise errors.Conflict(
            f"{locked.reviewer} is reviewing this form. Nothing was changed; take it over if they are not.",
            type="other-reviewer",
            reviewer=locked.reviewer,
        )


def until(at: datetime) -> datetime:
    """Return until when a reviewer is waited for who did something just now."""
    return at + PATIENCE


def meaning(field: str, text: str, *, in_table: bool) -> tuple[str, str | float | None]:
    """Return a corrected value as written and what it means; Invalid with a sentence for what the field cannot be."""
    said = cells.visible(text.strip())
    column = COLUMNS.get(field) if in_table else None
    if column is None:
        return said, said or None
    found = cells.read(said, cells.Column(field=column, decimal_mark="," if _comma(said) else "."))
    if found.state == "needs_review":
        note = found.note or "This is not a value of the column."
        raise errors.Invalid(f"{column.title}: {note} Nothing was changed.", fields=[FieldError("text", note)])
    return said, found.value


def _comma(said: str) -> bool:
    return said.count(",") == 1 and "." not in said


def refuse_unread(kept: Kept) -> None:
    """Raise Invalid where a cell is to be confirmed that means nothing as it is written; fields may be any text."""
    if kept.value is None and kept.raw and kept.row_number is not None:
        note = f"“{kept.raw}” cannot be confirmed: {kept.doubt or 'it has no meaning here.'} Correct it, or clear it."
        raise errors.Invalid(f"{note} Nothing was changed.", fields=[FieldError("text", note)])


def refuse_precedents(waiting: int) -> None:
    """Raise Conflict where somebody decided something on an earlier reading that nobody has looked at here."""
    if waiting:
        many = f"{waiting} decisions were" if waiting > 1 else "One decision was"
        raise errors.Conflict(
            f"{many} made on an earlier reading of this document and must be looked at first. Nothing was accepted.",
            type="needs-review",
        )


def refuse_stale(kept: Kept, seen: int) -> None:
    """Raise Stale where a value changed since it was seen."""
    if kept.version != seen:
        now = kept.raw or "blank"
        raise errors.Stale(f"{title(kept.field)} changed since you looked at it; it is {now} now. Nothing was changed.")


def title(field: str) -> str:
    """Return what people call a field."""
    known = FORM_BY_NAME.get(field) or COLUMNS.get(field)
    return known.title if known else field.replace("_", " ").capitalize()


def text_of(value: Value) -> str:
    """Return what a value says as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else cells.written(value)


def header(fields: Sequence[Kept]) -> dict[str, str]:
    """Return what an accepted form says above its table, by the header's fields; what has none by its title."""
    said: dict[str, str] = {}
    for each in fields:
        # What has no meaning of ours was confirmed as it is written; a genome size is kept so in any case.
        as_written = each.value is None or each.field == "genome_size"
        text = each.raw if as_written else text_of(each.value)
        if each.field == "library_kit" and (kit := _KIT.search(text)):
            text = kit[0]
        if text and each.state != "blank":
            known = FORM_BY_NAME.get(each.field)
            said[(known.header if known else None) or title(each.field)] = text
    return said


def rows(lines: Sequence[Line], values: Sequence[Kept]) -> list[ManifestRow]:
    """Return the samples of an accepted form, numbered from one; Invalid where there is none."""
    of_line: dict[int, list[Kept]] = {}
    for each in values:
        if each.row_number is not None:
            of_line.setdefault(each.row_number, []).append(each)
    kept = [line for line in lines if not line.dropped]
    if not kept:
        raise errors.Invalid("The form has no row that is a sample. Nothing was accepted; refuse it instead.")
    return [
        ManifestRow(number, {each.field: _cell(each) for each in of_line.get(line.row_number, ())})
        for number, line in enumerate(kept, 1)
    ]


def _cell(kept: Kept) -> Cell:
    value = text_of(kept.value) if isinstance(kept.value, bool | list) else kept.value
    blank = value is None or value == ""
    return Cell(raw=kept.raw, value=value, state="blank" if blank else "read", page=kept.page, box=kept.box)


def matches(rows: Sequence[ManifestRow]) -> list[ColumnMatch]:
    """Return the columns of an accepted form as those of a manifest."""
    names = _in_order(dict.fromkeys(name for row in rows for name in row.cells))
    return [
        ColumnMatch(column=name, heading=title(name), field=name if name in COLUMNS else None, method="person")
        for name in names
    ]


def items(judged: Sequence[Judged], ids: Sequence[UUID]) -> str:
    """Return all values of a form as JSON records, as they are stored. ids: one for each."""
    stored = []
    for position, (value_id, one) in enumerate(zip(ids, judged, strict=True), 1):
        each = one.read
        record = msgspec.to_builtins(each)
        record |= {"id": str(value_id), "position": position, "row_number": one.row_number, "raw": each.raw or ""}
        record |= {"calibrated": one.calibrated, "automatic": one.automatic, "audited": one.audited}
        record["confidence"] = each.confidence if each.state != "blank" else None
        stored.append(record)
    return msgspec.json.encode(stored).decode()
