"""Turns labels and values into fields: whose e-mail it is, which of two values holds, what an unlabelled one is."""

import re
from collections.abc import Mapping, Sequence

from nanopore_tracking.services.ai.fields.model import BY_NAME
from nanopore_tracking.services.ai.labels.model import is_generic, key_of, role_of
from nanopore_tracking.services.ai.layouts.model import Segment, Sheet, union
from nanopore_tracking.services.ai.neighbours.model import Pair
from nanopore_tracking.services.ai.readings.model import Box, Read
from nanopore_tracking.services.ai.shapes.model import looks_like
from nanopore_tracking.services.ai.suspicions.model import is_order
from nanopore_tracking.services.ai.values.model import EMAIL, PHONE, Meaning, is_nothing, meaning

#: Labels that are easily taken for each other; the shape of the value tells which it is.
_TWINS = {
    "flow_cell_type": "flow_cell_count",
    "flow_cell_count": "flow_cell_type",
    "lab_name": "pi_name",
    "quote_id": "submission_date",
    "file_format": "delivery_emails",
}
#: A unit that a label says, and the number beside it.
_UNIT = re.compile(r"[(\[]\s*(?:in\s+)?([GMk]bp?|bp)\s*[)\]]|\bin\s+([GMk]bp?|bp)\b", re.IGNORECASE)
_BARE = re.compile(r"[\d.,' ]+")
#: A value that no known label names, by its shape alone: right for most, so that a person must look.
GUESSED = 0.6
_OF_PERSON = {"submitter_name": "name", "submitter_email": "email", "submitter_phone": "phone"}
_ROLES = {
    ("pi", "name"): "pi_name", ("pi", "email"): "pi_email", ("pi", "phone"): "pi_phone",
    ("billing", "name"): "billing_contact", ("billing", "email"): "billing_email", ("billing", "phone"): "",
}  # fmt: skip
_LABS = {"submitter": "lab_name", "pi": "lab_name"}
_PERSONS = {"pi_name": "pi", "billing_contact": "billing", "submitter_name": "submitter"}


def answers(pairs: Sequence[Pair], sheets: Mapping[int, Sheet]) -> list[Read]:
    """Return what each pair says; several may speak of one field."""
    found: list[Read] = []
    explicit = {pair.label.known.field for pair in pairs if pair.label.known and not is_generic(pair.label.text)}
    role, person = "", "submitter"
    for pair in pairs:
        known = pair.label.known
        heading = role_of(pair.label.text) if not pair.parts else None
        if heading is not None:
            role = heading
        if known is None:
            if pair.parts and not pair.label.segment.text.endswith("?"):
                found += _guess(pair, sheets)
            continue
        field = known.field
        if is_generic(pair.label.text) and field in _OF_PERSON:
            whose = role or (person if field in explicit else "submitter")
            field = _ROLES.get((whose, _OF_PERSON[field]), field)
        elif field in _PERSONS and heading is None:
            person, role = _PERSONS[field], ""
        if field:
            found += _answer(pair, field, sheets)
    return found


def _answer(pair: Pair, field: str, sheets: Mapping[int, Sheet]) -> list[Read]:
    text = pair.text.strip()
    sure = (pair.label.known.sure if pair.label.known else GUESSED) * pair.sure
    if not pair.parts or is_nothing(text):
        return [_read(pair, field, sheets)] if pair.parts else [Read(field=field, method="label", confidence=sure)]
    if field in ("pi_name", "submitter_name", "billing_contact") and (parts := _person(text)) and len(parts) > 1:
        return _persons(pair, field, sheets, parts=parts)
    unit = _UNIT.search(pair.label.text) if BY_NAME[field].kind == "size" else None
    if unit is not None and _BARE.fullmatch(text):
        text = f"{text} {unit[1] or unit[2]}"
    understood = meaning(text, BY_NAME[field])
    if understood.fits < 0.9 and (twin := _twin(field, text)) is not None:
        field, understood = twin
    return [_settled(_read(pair, field, sheets), understood, sure=sure, text=text)]


def _settled(read: Read, understood: Meaning, *, sure: float, text: str) -> Read:
    """Say what a value means, or why nobody can tell."""
    field = BY_NAME[read.field]
    read.value, read.unit = understood.value, understood.unit
    read.confidence = round(sure * max(understood.fits, 0.3), 3)
    read.doubt, read.state = understood.doubt, "needs_review" if understood.doubt else "read"
    if understood.value is None and not understood.doubt:
        read.state, read.doubt = "needs_review", f"This cannot be read as what the field “{field.title}” holds."
    if is_order(text):
        read.state, read.doubt = "needs_review", "This text gives orders to a program; look at it with care."
        read.confidence = round(read.confidence * 0.5, 3)
        if field.kind != "long_text":
            read.value = None
    return read


def _twin(field: str, text: str) -> tuple[str, Meaning] | None:
    """Return the field that a value fits where it does not fit the one that its label names."""
    other = _TWINS.get(field)
    if other is None:
        return None
    if field == "flow_cell_type" or other in ("submission_date", "delivery_emails", "flow_cell_type"):
        understood = meaning(text, BY_NAME[other])
        shaped = BY_NAME[other].kind != "choice" or looks_like(text) == other
        return (other, understood) if understood.fits >= 0.9 and shaped else None
    return None


def _person(text: str) -> dict[str, str]:
    """Return what a text such as `Kit Ostrander - 000-000-0000 - kit@example.org` says of a person."""
    lab = re.fullmatch(r"([^()]{3,60}?)\s*\((.{3,80}\b(?:Lab|Laboratory|Group))\)", text.strip())
    if lab is not None:
        return {"name": lab[1].strip(), "lab": lab[2]}
    email = EMAIL.search(text)
    bare = EMAIL.sub(" ", text)
    phone = PHONE.search(bare)
    name = PHONE.sub(" ", bare)
    name = re.sub(r"[<>()\[\]]|\s[-–—|/](?=\s|$)", " ", name)
    found = {"name": " ".join(name.split()).strip(" ,;-–")}
    if email:
        found["email"] = email[0]
    if phone:
        found["phone"] = phone[0].strip()
    return found


def _persons(pair: Pair, field: str, sheets: Mapping[int, Sheet], *, parts: dict[str, str]) -> list[Read]:
    """Return the name, e-mail and telephone that stand together behind one label."""
    sure = (pair.label.known.sure if pair.label.known else GUESSED) * pair.sure
    whose = _PERSONS[field]
    found = []
    for part, text in parts.items():
        own_field = f"submitter_{part}" if whose == "submitter" else ""
        name = _LABS.get(whose, "") if part == "lab" else _ROLES.get((whose, part), own_field)
        if name and text:
            read = _read(pair, name, sheets)
            read.raw = text
            # The label names the person; that the rest is the person's too is said by their standing together.
            own = sure if part == "name" else sure * 0.9
            found.append(_settled(read, meaning(text, BY_NAME[name]), sure=own, text=text))
    return found


def _guess(pair: Pair, sheets: Mapping[int, Sheet]) -> list[Read]:
    """Return what a value behind an unknown label looks like, for a person to confirm; usually nothing."""
    text = pair.text.strip()
    field = looks_like(text)
    if (
        field is None
        or is_nothing(text)
        or is_order(f"{pair.label.text}: {text}")
        or len(key_of(pair.label.text).split()) > 8
    ):
        return []
    read = _settled(_read(pair, field, sheets), meaning(text, BY_NAME[field]), sure=GUESSED, text=text)
    title = BY_NAME[field].title.lower()
    read.state = "needs_review"
    read.doubt = read.doubt or f"The label “{pair.label.text[:60]}” is not known; the value looks like a {title}."
    return [read]


def _read(pair: Pair, field: str, sheets: Mapping[int, Sheet]) -> Read:
    first = pair.parts[0]
    sheet = sheets[first.sheet]
    page, box = sheet.spot(union(_behind(pair, part) for part in pair.parts))
    return Read(
        field=field,
        raw=pair.text.strip() or None,
        page=page,
        box=box,
        place=first.place,
        method="form_field" if first.entered else "label",
        confidence=0.9,
    )


def _behind(pair: Pair, part: Segment) -> Box:
    """Return where the value stands in a text that begins with its label."""
    if pair.way != "inline" or part is not pair.label.segment or len(part.words) < 2:
        return part.box
    wanted = pair.label.inline.split()
    words = part.words[-len(wanted) :] if 0 < len(wanted) < len(part.words) else part.words
    return union(word.box for word in words)


def settle(reads: Sequence[Read]) -> list[Read]:
    """Return one reading for each field: the surest value; where equally sure ones differ, that is a doubt."""
    found: dict[str, Read] = {}
    for read in reads:
        before = found.get(read.field)
        if before is None or _better(read, before):
            found[read.field] = read
        elif _contradicts(read, before):
            before.state = "needs_review"
            before.confidence = round(before.confidence * 0.6, 3)
            before.doubt = f"The form says something else too: “{str(read.raw)[:80]}”."
    return list(found.values())


def _better(read: Read, before: Read) -> bool:
    if before.value is None:
        return read.value is not None or (read.raw is not None and before.raw is None)
    return read.value is not None and read.confidence > before.confidence + 0.15


def _contradicts(read: Read, before: Read) -> bool:
    both = read.value is not None and before.value is not None and not _same(read, before)
    return both and before.state == "read" and read.confidence >= before.confidence - 0.15


def _same(one: Read, other: Read) -> bool:
    return str(one.value).casefold() == str(other.value).casefold()
