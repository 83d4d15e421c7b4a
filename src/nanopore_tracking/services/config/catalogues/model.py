"""What each catalogue's entries must look like, and when a version counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from nanopore_tracking.contracts.api.config.catalogues import (
    BarcodeSetEntry,
    Entry,
    FlowCellEntry,
    HolidayEntry,
    KitEntry,
    PriceItemEntry,
    ServiceTypeEntry,
    ThresholdEntry,
)
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.errors import FieldError

ENTRIES: Mapping[str, type[Entry]] = {
    "kits": KitEntry,
    "barcodes": BarcodeSetEntry,
    "flow_cells": FlowCellEntry,
    "thresholds": ThresholdEntry,
    "service_types": ServiceTypeEntry,
    "price_items": PriceItemEntry,
    "holidays": HolidayEntry,
}
#: Problems that one answer names; the others come when these are mended.
_NAMED = 100


@dataclass(frozen=True, kw_only=True)
class Latest:
    """The newest version of a catalogue; publishers: who published any version of it."""

    version: int
    effective_from: date
    entries: Sequence[Mapping[str, Any]]
    publishers: Sequence[str] = ()


def checked(name: str, sent: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return all entries in full, with what was left out; Invalid with every entry that cannot be right."""
    kind, faults, found = ENTRIES[name], [], []
    for number, entry in enumerate(sent):
        path = f"entries[{number}]"
        try:
            read = msgspec.convert(entry, kind)
        except msgspec.ValidationError as failure:
            faults.append(FieldError(path, f"{str(failure).replace('`', '').rstrip('.')}."))
            continue
        faults += [FieldError(f"{path}.{field}", message) for field, message in _odd(read)]
        found.append(msgspec.to_builtins(read))
    faults += _repeated(found) if not faults else []
    if faults:
        message = f"{len(faults)} of the entries cannot be right, the first one: {faults[0].path}: {faults[0].message}"
        raise errors.Invalid(f"{message} Nothing was published.", fields=faults[:_NAMED])
    return found


def _repeated(entries: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    seen: set[str] = set()
    faults = []
    for number, entry in enumerate(entries):
        if entry["code"] in seen:
            faults.append(FieldError(f"entries[{number}].code", f"The code {entry['code']} is there twice."))
        seen.add(entry["code"])
    return faults


def _odd(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield fields that contradict each other."""
    if isinstance(entry, ThresholdEntry):
        if entry.min is None and entry.max is None:
            yield "min", "A threshold needs a lower or an upper limit."
        if entry.min is not None and entry.max is not None and entry.min > entry.max:
            yield "max", "The upper limit is below the lower one."
    if isinstance(entry, HolidayEntry) and not _is_day(entry.code):
        yield "code", "There is no such day."
    if isinstance(entry, KitEntry) and (entry.min_barcodes or 0) > (entry.capacity or 0):
        yield "min_barcodes", "The kit has fewer barcodes than that."
    if isinstance(entry, BarcodeSetEntry):
        if len({barcode.index for barcode in entry.barcodes}) < len(entry.barcodes):
            yield "barcodes", "An index is there twice."
        if len({barcode.name for barcode in entry.barcodes}) < len(entry.barcodes):
            yield "barcodes", "A name is there twice."


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def effective(asked: date | None, latest: Latest | None, today: date) -> date:
    """Return from which day a new version counts; Invalid for one before that of the version before."""
    found = asked or max(today, latest.effective_from if latest else today)
    if latest and found < latest.effective_from:
        message = f"The version before counts from {latest.effective_from}; the next one cannot count from before that."
        raise errors.Invalid(f"{message} Nothing was published.", fields=[FieldError("effective_from", message)])
    return found


def supersedes(latest: Latest, entries: Sequence[Mapping[str, Any]], *, shipped_from: date, own: str) -> bool:
    """Tell whether a catalogue as it is shipped takes the place of the newest version.

    It does when it is newer, says something else, and only the service itself (own: its name) published versions so
    far: what a person has published stays until a person publishes the next one.
    """
    return (
        set(latest.publishers) <= {own}
        and shipped_from > latest.effective_from
        and bool(changes(latest.entries, entries))
    )


def other_strand(sequence: str) -> str:
    """Return the reverse complement of a sequence."""
    return sequence[::-1].translate(str.maketrans("ACGT", "TGCA"))


def changes(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[tuple[str, Any, Any]]:
    """Return what differs between two versions: code and field, value before, value after."""
    old, new = ({entry["code"]: entry for entry in entries} for entries in (before, after))
    found: list[tuple[str, Any, Any]] = []
    for code in [*old, *(code for code in new if code not in old)]:
        if code not in new:
            found.append((code, "listed", None))
        elif code not in old:
            found.append((code, None, "listed"))
        else:
            names = dict.fromkeys([*old[code], *new[code]])
            found += [
                (f"{code}.{name}", old[code].get(name), new[code].get(name))
                for name in names
                if old[code].get(name) != new[code].get(name)
            ]
    return found
