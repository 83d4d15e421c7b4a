"""Finds the label of a value that a person typed because the reader had not found it; pure."""

import re
from collections.abc import Sequence

from nanopore_tracking.services.ai.labels.model import key_of

#: Confirmations that a label needs before it is believed; whoever may change templates counts for both.
ENOUGH = 2
_SHORTEST_VALUE, _LONGEST_LABEL = 2, 60
_LETTERS = re.compile(r"[^\W\d_]{2}")


def label_of(texts: Sequence[str], value: str) -> str | None:
    """Return the label that stands before a value, or alone above it; None where that is not certain.

    texts: of the pages, line by line. A value that stands more than once names no label, nor does one in a sentence.
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
    return _label(before) if before else _label(lines[number - 1]) if number else None


def _label(text: str) -> str | None:
    bare = text.rstrip(" :*.…_").strip()
    said = ":" not in bare and len(bare) <= _LONGEST_LABEL and _LETTERS.search(bare) is not None
    return bare if said and key_of(bare) else None
