"""A sample row: which values count, the name that MinKNOW will know, and what a correction changes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.rows import Correction
from nanopore_tracking.contracts.events.ai import Cell
from nanopore_tracking.contracts.manifest import BY_NAME, FIELDS

Value = str | float | None

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]+")
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")

_KINDS = {
    "testsample": "test_sample",
    "sample": "test_sample",
    "test": "test_sample",
    "positivecontrol": "positive_control",
    "positive": "positive_control",
    "pos": "positive_control",
    "poscontrol": "positive_control",
    "negativecontrol": "negative_control",
    "negative": "negative_control",
    "neg": "negative_control",
    "negcontrol": "negative_control",
    "blank": "negative_control",
    "notemplatecontrol": "no_template_control",
    "notemplate": "no_template_control",
    "ntc": "no_template_control",
}
_MATERIALS = {
    "gdna": "gDNA",
    "genomicdna": "gDNA",
    "genomic": "gDNA",
    "hmwgdna": "HMW gDNA",
    "hmwdna": "HMW gDNA",
    "hmw": "HMW gDNA",
    "highmolecularweightdna": "HMW gDNA",
    "highmolecularweightgdna": "HMW gDNA",
    "highmolecularweightdnagdna": "HMW gDNA",
    "fragmenteddna": "fragmented DNA",
    "fragmented": "fragmented DNA",
    "sheareddna": "fragmented DNA",
    "amplicon": "amplicon",
    "amplicons": "amplicon",
    "pcramplicon": "amplicon",
    "pcramplicons": "amplicon",
    "pcrproduct": "amplicon",
    "pcrproducts": "amplicon",
    "cdna": "cDNA",
    "plasmid": "plasmid",
    "plasmiddna": "plasmid",
    "totalrna": "total RNA",
    "rna": "total RNA",
    "polyarna": "poly(A) RNA",
    "mrna": "poly(A) RNA",
    "other": "other",
}
_CHOICES = {"kind": _KINDS, "material": _MATERIALS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row as it counts now. values: without the blank ones; unread: field → why its cell needs review."""

    row_number: int
    values: Mapping[str, Value]
    unread: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The submitter's name of the sample, blank where there is none."""
        return str(self.values.get("sample_name") or "")


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRow:
    """A row as it is stored: cells as submitted, corrections beside them."""

    id: UUID
    submission_id: UUID
    row_number: int
    submitted: Mapping[str, Cell]
    corrections: Mapping[str, Correction]
    version: int

    def row(self) -> Row:
        """Return the row as it counts now."""
        return row_of(self.row_number, self.submitted, self.corrections)


def row_of(row_number: int, cells: Mapping[str, Cell], corrections: Mapping[str, Correction]) -> Row:
    """Return the row that these cells and corrections make: a correction counts instead of its cell."""
    values: dict[str, Value] = {}
    unread: dict[str, str] = {}
    for column in FIELDS:
        name = column.name
        if name in corrections:
            value = corrections[name].value
        elif (cell := cells.get(name)) is None or cell.state == "blank":
            continue
        elif cell.state == "needs_review" or (column.type == "number" and isinstance(cell.value, str)):
            unread[name] = cell.note or f"{cell.raw!r} cannot be read as {column.title}"
            continue
        else:
            value = cell.value
        if (kept := _clean(name, value)) is not None:
            values[name] = kept
    return Row(row_number=row_number, values=values, unread=unread)


def _clean(name: str, value: Value) -> Value:
    """Return a number as it is and a text without control characters and space around it; None for a blank one."""
    if value is None:
        return None
    if not isinstance(value, str):
        return value if BY_NAME[name].type == "number" else written(value)
    text = _CONTROL_CHARACTERS.sub(" ", value).strip()
    return choice(name, text) or text or None


def written(value: float) -> str:
    """Return a number with all of its digits and no exponent: 1234567.5, 50."""
    return f"{Decimal(repr(float(value))).normalize():f}"


def choice(name: str, text: str) -> str | None:
    """Return which choice of `kind` or `material` a text means, however it is written; None where it is none."""
    known = _CHOICES.get(name)
    return known.get(_NOT_A_LETTER.sub("", text.lower())) if known else None


def cells_of(values: Mapping[str, Value]) -> dict[str, Cell]:
    """Return the cells of a row that was typed by hand; blank ones are left out."""
    return {
        name: Cell(raw=written(value) if isinstance(value, float) else str(value), value=value)
        for name, value in values.items()
        if value is not None and value != ""
    }


def corrected(stored: StoredRow, asked: Mapping[str, Any], correction: Correction) -> dict[str, Correction]:
    """Return all corrections of a row after the asked ones; a value that counts already is no correction of its own.

    asked: field → value, None for blank; correction: who, when and why, its value is replaced.
    """
    now = stored.row()
    result = dict(stored.corrections)
    for name, value in asked.items():
        kept = _clean(name, value)
        if name in now.unread or kept != now.values.get(name):
            result[name] = Correction(value=kept, by=correction.by, at=correction.at, reason=correction.reason)
    return result
