"""Whether the read groups of a file are of the sample that it is delivered as; nothing is guessed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nanopore_tracking.contracts.api.sample.deliveries import Difference, FoundFile, FoundGroup

_NUMBER = re.compile(r"(?:^|[a-z_])0*([1-9][0-9]*)$")
#: What basecallers write for reads of no sample; they may be delivered beside those of one.
_NOBODY = frozenset({"", "unclassified", "unknown", "mixed"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """What is known of where the reads of a sample come from; aliases: that it was sequenced under, its own too.

    numbers: of its barcodes; run_ids: of protocol runs and of acquisitions, in small letters.
    """

    code: str
    aliases: Sequence[str]
    numbers: Sequence[int]
    flow_cells: Sequence[str]
    run_ids: Sequence[str]


def differences(
    files: Sequence[FoundFile], sample_of: Mapping[str, str | None], origins: Sequence[Origin]
) -> list[Difference]:
    """Return what headers say otherwise than is known, one for each file, by path.

    sample_of: the code of the sample by path, None for a file that goes to all of the delivery.
    """
    found = []
    for file in files:
        path = file.path.replace("\\", "/")
        if path not in sample_of:
            continue
        if file.header_fault:
            found.append(Difference(path=path, what="header", message=file.header_fault))
            continue
        mine = [origin for origin in origins if sample_of[path] in (None, origin.code)]
        wrong = list(dict.fromkeys(said for group in file.read_groups for said in _wrong(group, mine)))
        if wrong:
            found.append(Difference(path=path, what="read_group", message=" ".join(wrong[:3])))
    return sorted(found, key=lambda each: each.path)


def _wrong(group: FoundGroup, mine: Sequence[Origin]) -> Iterator[str]:
    """Yield in what a read group is of none of these samples."""
    whose = ", ".join(origin.code for origin in mine[:3])
    cells = {cell.upper() for origin in mine for cell in origin.flow_cells}
    if group.flow_cell_id and cells and group.flow_cell_id.upper() not in cells:
        yield f"The reads say that they are of the flow cell {group.flow_cell_id}; {whose} ran on {_told(cells)}."
    runs = {run_id for origin in mine for run_id in origin.run_ids}
    if group.run_id and runs and group.run_id.lower() not in runs:
        yield f"The reads say that they are of the run {group.run_id}, which is no run of {whose}."
    aliases = {alias.lower() for origin in mine for alias in origin.aliases}
    number = _number(group.barcode)
    if group.alias.lower() not in _NOBODY and _number_alone(group.alias) is None:
        if aliases and group.alias.lower() not in aliases:
            yield f"The reads say that they are of {group.alias}, and {whose} is {_told(aliases)}."
    elif number is not None:
        numbers = {one for origin in mine for one in origin.numbers}
        if numbers and number not in numbers:
            told = _told({f"barcode{one:02d}" for one in numbers})
            yield f"The reads say that they are of {group.barcode}, and {whose} has {told}."


def _told(names: set[str]) -> str:
    return ", ".join(sorted(names)[:3])


def _number(barcode: str) -> int | None:
    """Return the number of a barcode; None where it names none."""
    if barcode.lower() in _NOBODY:
        return None
    found = _NUMBER.search(barcode.strip().lower())
    return int(found[1]) if found else None


def _number_alone(alias: str) -> int | None:
    """Return the number of a barcode that stands in the place of an alias."""
    return _number(alias) if re.fullmatch(r"barcode[0-9]{2,3}", alias.lower()) else None
