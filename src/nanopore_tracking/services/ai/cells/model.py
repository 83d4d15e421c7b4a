"""What a cell means: numbers with their decimal mark and unit, choices in other words, texts; nothing is made up.

What cannot be read for certain has no value and the state `needs_review`, with a note that says why.
"""

import datetime as dt
import math
import re
import unicodedata
from typing import Any, Literal

import msgspec

from nanopore_tracking.contracts.manifest import ManifestField
from nanopore_tracking.services.ai.quantities.model import (
    DecimalMark,
    factor_of,
    is_grouped,
    is_number,
    number_of,
    split_unit,
    unit_name,
)

LONGEST_CELL = 4000
_BLANKS = frozenset({"", "-", "--", "–", "—", ".", "/", "n/a", "na", "n.a.", "nd", "n.d.", "none", "null"})
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?")
_UNSURE = re.compile(r"^(?:~|≈|±|ca?\.|circa|approx\.?|about)\s*", re.IGNORECASE)
_BOUND = re.compile(r"^(?:<|>|≤|≥|under|over|less than|more than)\s*=?\s*[\d.]", re.IGNORECASE)
_ERROR = re.compile(r"#(?:REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|N/A|GETTING_DATA|SPILL!|CALC!)")
_CONTROLS = {code: 0x2400 + code for code in range(32) if code not in (9, 10, 13)} | {0x7F: 0x2421}
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")


class Reading(msgspec.Struct, frozen=True):
    """What was found in a cell, before its place is known."""

    value: str | float | None = None
    state: Literal["read", "blank", "needs_review"] = "read"
    note: str | None = None


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """What a column holds and how its numbers are written: unit of the heading, and its factor to the field's own.

    decimal_commas: its cells are divided as where people write decimal commas, which proves no mark yet.
    """

    field: ManifestField
    unit: str | None = None
    factor: float = 1.0
    decimal_mark: DecimalMark = None
    decimal_commas: bool = False


BLANK = Reading(None, "blank")


def review(note: str, value: str | float | None = None) -> Reading:
    """Return what a person must look at."""
    return Reading(value, "needs_review", note)


def written(value: Any) -> str:
    """Return what a cell shows, as text without characters that no text may have."""
    match value:
        case None:
            return ""
        case str():
            return visible(value)
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return format(value, ".15g")
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case _:
            return str(value)


def visible(text: str) -> str:
    """Return the text with control characters as their pictures, unseen ones by their number, and cut when too long."""
    if not text.isprintable():
        text = text.translate(_CONTROLS)
        text = _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)
        text = "".join("�" if unicodedata.category(one) == "Cs" else one for one in text)
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def is_blank(value: Any) -> bool:
    """Tell whether there is nothing in a cell, or only a sign for nothing."""
    return value is None or (isinstance(value, str) and value.replace("\u00a0", " ").strip().casefold() in _BLANKS)


def read(value: Any, column: Column) -> Reading:
    """Return what a cell of the column means."""
    if value is None:
        return BLANK
    if isinstance(value, str):
        odd = _odd(value, lines=column.field.name == "comment")
        if odd is not None:
            return odd
        value = value.strip()
        if value.casefold() in _BLANKS:
            return BLANK
        if _ERROR.fullmatch(value):
            return review("The cell holds an error of the spreadsheet, not a value.")
    elif isinstance(value, dt.date | dt.time | dt.timedelta):
        return review("This is a date or a time; the spreadsheet program may have changed what was typed.")
    if column.field.type == "number":
        return _number(value, column)
    if column.field.type == "choice":
        return _choice(written(value), column.field)
    return Reading(written(value))


def _odd(text: str, *, lines: bool) -> Reading | None:
    """Return what to say of a text that has characters in it which nobody sees, None for an ordinary one."""
    if len(text) > LONGEST_CELL:
        return review(f"The cell has {len(text):,} characters; at most {LONGEST_CELL:,} are read.")
    if "\ufffd" in text:
        return review("A character of this cell was lost before the file came here; it is shown as �.")
    if text.isprintable():
        return None
    rest = text.replace("\u00a0", " ").strip()
    if any((ord(one) < 32 and one not in "\r\n\t") or ord(one) == 127 for one in rest):
        return review("The cell holds control characters; they are shown as ␀ and the like.")
    if _HIDDEN.search(rest) or any(unicodedata.category(one) == "Cs" for one in rest):
        return review("The cell holds characters that cannot be seen; they are shown by their number.")
    if not lines and ("\n" in rest or "\r" in rest):
        return review("The cell has more than one line.", " ".join(rest.split()))
    return None


def _number(value: Any, column: Column) -> Reading:
    """Return the number in the field's own unit."""
    if isinstance(value, bool):
        return review("This is TRUE or FALSE, where a number is expected.")
    if isinstance(value, int | float):
        return _scaled(float(value), column.unit, column.factor)
    text: str = value
    points = column.decimal_mark == "." or (column.decimal_mark is None and not column.decimal_commas)
    whole = column.field.unit == "bp"
    if points and not (whole and is_grouped(text)) and len(text) < 30 and _PLAIN.fullmatch(text):
        return _scaled(float(text), column.unit, column.factor)
    if _BOUND.match(text):
        return review("This is a limit, not a measured number.")
    text = text.replace("\u00a0", " ").replace("−", "-")
    unsure = _UNSURE.match(text)
    number, unit, factor = text[unsure.end() :] if unsure else text, column.unit, column.factor
    if not is_number(number):
        split = split_unit(number)
        own = factor_of(split[1], column.field.unit) if split else None
        if split is None or own is None:
            return review(f"This is not a number{f' in {column.field.unit}' if column.field.unit else ''}.")
        number, unit, factor = *split, own
    found = number_of(number, column.decimal_mark, commas=column.decimal_commas)
    if whole and unit is not None and factor == 1.0 and is_grouped(number):
        # There is no part of a base: whatever the mark is, it stands before thousands.
        found = float(re.sub(r"[.,]", "", number))
    if found is None:
        return review("It is not certain whether the mark in this number stands before decimals or thousands.")
    reading = _scaled(found, unit, factor)
    return review("This number was written as approximate.", reading.value) if unsure else reading


def _scaled(number: float, unit: str | None, factor: float) -> Reading:
    if not math.isfinite(number):
        return review("This is not a finite number.")
    if factor == 1.0:
        return Reading(number)
    return Reading(float(format(number * factor, ".12g")), "read", f"Written in {unit_name(unit)}." if unit else None)


#: Other words for the choices of a field, in lower case without punctuation; only words that leave no doubt.
_CHOICES: dict[str, dict[str, str]] = {
    "kind": {
        "sample": "test_sample",
        "test": "test_sample",
        "unknown": "test_sample",
        "positive": "positive_control",
        "pos control": "positive_control",
        "negative": "negative_control",
        "neg control": "negative_control",
        "extraction blank": "negative_control",
        "ntc": "no_template_control",
    },
    "material": {
        "genomic dna": "gDNA",
        "high molecular weight dna": "HMW gDNA",
        "hmw dna": "HMW gDNA",
        "hmw": "HMW gDNA",
        "sheared dna": "fragmented DNA",
        "fragmented gdna": "fragmented DNA",
        "amplicons": "amplicon",
        "pcr amplicon": "amplicon",
        "pcr amplicons": "amplicon",
        "pcr product": "amplicon",
        "pcr products": "amplicon",
        "plasmid dna": "plasmid",
        "plasmids": "plasmid",
        "polya rna": "poly(A) RNA",
        "mrna": "poly(A) RNA",
    },
}
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def _choice(text: str, field: ManifestField) -> Reading:
    found = choice_of(text, field)
    return Reading(found) if found is not None else review(f"This is not one of: {', '.join(field.choices)}.")


def choice_of(text: str, field: ManifestField) -> str | None:
    """Return the choice that the text names, whatever its case and punctuation, or None."""
    key = _NOT_WORD.sub(" ", text.casefold()).strip()
    plain = {_NOT_WORD.sub(" ", choice.casefold()).strip(): choice for choice in field.choices}
    return plain.get(key) or _CHOICES.get(field.name, {}).get(key)
