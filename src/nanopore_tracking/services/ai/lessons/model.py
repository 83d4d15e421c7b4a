"""Finds the label of a value that a person typed because the reader had not found it; pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from nanopore_tracking.services.ai.labels.model import key_of

#: Confirmations that a label needs before it is believed; whoever may change templates counts for both.
ENOUGH = 2
#: Whose confirmations count: those of different people, or those on different forms, by one person too.
Apart = Literal["people", "forms"]
_SHORTEST_VALUE, _LONGEST_LABEL = 2, 60
_LETTERS = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What a label, or a heading of a table, names. template: of the known form on which that was said, if it was."""

    spelled: str
    field: str
    template: str = ""
    kind: Literal["label", "heading"] = "label"


@dataclass(frozen=True, kw_only=True)
class Voice:
    """How much the word of whoever teaches weighs, nothing where nothing is to be learnt, and what is told apart."""

    weight: int
    apart: Apart = "people"


#: Of what is filled in by what was taught just now.
SILENT = Voice(weight=0)


def voice_of(permissions: Collection[str], apart: Apart) -> Voice:
    """Return the voice of a person who may do something."""
    return Voice(weight=ENOUGH if "templates.write" in permissions else 1, apart=apart)


def label_of(texts: Sequence[str], value: str, others: Collection[str] = ()) -> str | None:
    """Return the label that stands before a value, or alone above it; None where that is not certain.

    texts: of the pages, line by line; others: the other values of the form, of which none is a part of a label. A value
    that stands more than once names no label, nor does one in a sentence.
    """
    value = " ".join(value.split())
    if len(value) < _SHORTEST_VALUE:
        return None
    bounded = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")
    lines = [" ".join(line.split()) for text in texts for line in text.splitlines() if line.strip()]
    places = [(number, found) for number, line in enumerate(lines) for found in bounded.finditer(line)]
    if len(places) != 1:
        return None
    number, found = places[0]
    line = lines[number]
    if line[found.end() :].strip(" .;*"):
        return None
    before = line[: found.start()].strip()
    label = _label(before) if before else _label(lines[number - 1]) if number else None
    values = [" ".join(each.split()) for each in others]
    held = any(re.search(rf"(?<!\w){re.escape(each)}(?!\w)", label) for each in values if each) if label else False
    return None if held else label


def _label(text: str) -> str | None:
    bare = text.rstrip(" :*.…_").strip()
    said = ":" not in bare and len(bare) <= _LONGEST_LABEL and _LETTERS.search(bare) is not None
    return bare if said and key_of(bare) else None
