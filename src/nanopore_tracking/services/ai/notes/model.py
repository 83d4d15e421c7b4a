"""Finds what a note beside a table says of its units: `Concentrations in pg/µL, volumes in µL, sizes in kb`."""

import re
from collections.abc import Iterable, Sequence

from nanopore_tracking.services.ai.layouts.model import Sheet, rows_of
from nanopore_tracking.services.ai.quantities.model import is_unit, unit_key

#: What is measured → the columns of samples that hold it.
_MEASURED = {
    "conc": ("qubit_ng_per_ul", "nanodrop_ng_per_ul"),
    "vol": ("volume_ul",),
    "size": ("fragment_bp",),
    "leng": ("fragment_bp",),
}
_NOTE = re.compile(
    r"(?<!genome )(?<!target )\b(conc(?:entrations?|\.)?|vol(?:umes?|\.)?|sizes?|lengths?)\s+"
    r"(?:(?:are|is|be|given|measured|stated|reported|expressed|all|values?|must|should)\s+){0,4}"
    r"(?:in|as)\s+([^\s,;.:()\d]+(?:\s*(?:/|\bper\b)\s*[^\s,;.:()\d]+)?)",
    re.IGNORECASE,
)
_LONGEST = 400


def units(sheets: Iterable[Sheet], used: set[int]) -> dict[str, str | None]:
    """Return the units of columns as notes say them, None where two notes differ. used: segments of tables."""
    found: dict[str, str | None] = {}
    for sheet in sheets:
        for row in rows_of([each for each in sheet.segments if id(each) not in used and not each.entered]):
            line = " ".join(each.text for each in row)
            for columns, unit in _said(line[:_LONGEST]):
                for name in columns:
                    same = name not in found or unit_key(found[name] or "") == unit_key(unit)
                    found[name] = unit if same else None
    return found


def _said(line: str) -> Sequence[tuple[tuple[str, ...], str]]:
    found = []
    for said in _NOTE.finditer(line):
        columns = next(names for begin, names in _MEASURED.items() if said[1].casefold().startswith(begin))
        if is_unit(said[2]):
            found.append((columns, said[2]))
    return found
