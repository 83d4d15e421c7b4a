"""The small tables of a run folder: pore activity, throughput, barcode alignment, hashes, sheets."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from nanopore_tracking.runfolders import texts
from nanopore_tracking.runfolders.figures import Unreadable

_LARGEST = 256 << 20
_MOST_BARCODES, _LONGEST = 500, 200
#: No run has a minute beyond it; a table that says so has a clock that is wrong.
_LAST_MINUTE = 365 * 24 * 60
_OF_SHEETS = frozenset({"experiment_id", "sample_id", "alias", "flow_cell_id", "position_id"})
#: What a table of barcodes says → names that its column has had, in small letters.
_COUNTED = {
    "barcode": ("barcode", "barcode_arrangement", "barcode_name"),
    "alias": ("alias", "barcode_alias", "sample_alias"),
    "reads": ("reads", "num_reads", "read_count", "count"),
    "bases": ("bases", "num_bases", "base_count", "yield"),
}
#: States in which a pore can read (domain: TACA's healthy pores), and of them those that do.
_READING = frozenset({"strand", "adapter"})
_HEALTHY = _READING | {"pore"}


class OfMinute(Struct, frozen=True, kw_only=True):
    """Cumulated figures of a run at a minute of it."""

    minute: int
    reads: int
    bases: int


class PoreHour(Struct, frozen=True, kw_only=True):
    """The shares (0 to 1) of the time of all channels in each state, in one hour of a run; the first hour is 0."""

    hour: int
    strand: float
    adapter: float
    pore: float
    others: float


class PoreFigures(Struct, frozen=True, kw_only=True):
    """How the pores were.

    occupancy: strand and adapter of what is healthy (those and pore), over the run; efficacy: the same of its first
    hour; peak_health: the largest hourly share of healthy channels of all channels that are there.
    """

    occupancy: float | None
    efficacy: float | None
    peak_health: float | None
    hours: list[PoreHour]


class HashedFile(Struct, frozen=True, kw_only=True):
    """A file that MinKNOW has hashed. sha256: empty where it has none; status: pass, fail, skip or empty."""

    path: str
    sha256: str
    barcode: str = ""
    alias: str = ""
    status: str = ""


class CountedBarcode(Struct, frozen=True, kw_only=True):
    """What MinKNOW counted of a barcode; None where its table does not say it. reads: of whichever kind it counts."""

    barcode: str
    alias: str = ""
    reads: int | None = None
    bases: int | None = None


class CountedBarcodes(Struct, frozen=True, kw_only=True):
    """The table of barcodes that MinKNOW writes, and the names of its columns that nothing is known of."""

    rows: list[CountedBarcode]
    unread: list[str]


class OfTemperature(Struct, frozen=True, kw_only=True):
    """How fast the strands were and how warm the flow cell should be. hour: of the run; temperatures in °C.

    speed_bases_per_s: None where too few reads were there; new_c: that was set for it, None where none was.
    """

    hour: float
    target_c: float
    speed_bases_per_s: float | None = None
    new_c: float | None = None


class SheetRow(Struct, frozen=True, kw_only=True):
    """A line of a sample sheet as MinKNOW wrote it."""

    position: str = ""
    flow_cell_id: str = ""
    sample_id: str = ""
    experiment_id: str = ""
    kit: str = ""
    barcode: str = ""
    alias: str = ""
    kind: str = ""


def pore_activity(path: Path) -> PoreFigures:
    """Return how the pores were, of pore_activity or the older duty_time; Unreadable where the file is neither."""
    by_hour: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in _rows(path, ("Channel State", "Experiment Time (minutes)", "State Time (samples)"), ","):
        state, minute, samples = row["Channel State"], row["Experiment Time (minutes)"], row["State Time (samples)"]
        at, held = _minute(minute), _whole(samples)
        if at is not None and held is not None:
            by_hour[at // 60][state] += held
    hours = []
    for hour in sorted(by_hour):
        states = by_hour[hour]
        together = sum(states.values()) or 1
        shares = {name: round(states[name] / together, 4) for name in ("strand", "adapter", "pore")}
        hours.append(PoreHour(hour=hour, **shares, others=round(1 - _sum(states, _HEALTHY) / together, 4)))
    whole: dict[str, int] = defaultdict(int)
    for states in by_hour.values():
        for state, duration in states.items():
            whole[state] += duration
    first = by_hour[min(by_hour)] if by_hour else {}
    healthy = [(_sum(states, _HEALTHY), sum(states.values())) for states in by_hour.values()]
    return PoreFigures(
        occupancy=_share(_sum(whole, _READING), _sum(whole, _HEALTHY)),
        efficacy=_share(_sum(first, _READING), _sum(first, _HEALTHY)),
        peak_health=max((share for one, all_ in healthy if (share := _share(one, all_)) is not None), default=None),
        hours=hours,
    )


def throughput(path: Path) -> list[OfMinute]:
    """Return what was read by each minute; bases are estimated where the run was not basecalled. Unreadable."""
    found = []
    for row in _rows(path, ("Experiment Time (minutes)", "Reads", "Estimated Bases"), ","):
        values = [
            row["Experiment Time (minutes)"],
            row["Reads"],
            row.get("Basecalled Bases", ""),
            row["Estimated Bases"],
        ]
        minute, (reads, called, estimated) = _minute(values[0]), (_whole(text) for text in values[1:])
        if minute is not None and reads is not None:
            found.append(OfMinute(minute=minute, reads=reads, bases=called or estimated or 0))
    return sorted(found, key=lambda each: each.minute)


def barcodes(path: Path) -> CountedBarcodes:
    """Return what barcode_alignment says, by the names that its columns are known to have had; Unreadable without any.

    No description of the table is published, so that what it says in other columns is not read.
    """
    names = [name.strip() for name in _header(path).split("\t")]
    found = {
        what: next((name for name in names if name.lower() in spellings), "") for what, spellings in _COUNTED.items()
    }
    if not found["barcode"]:
        raise Unreadable(
            "The table of barcodes names none of the columns that are known: barcode or barcode_arrangement."
        )
    rows = [
        CountedBarcode(
            barcode=row[found["barcode"]][:_LONGEST],
            alias=row.get(found["alias"], "")[:_LONGEST],
            reads=_whole(row.get(found["reads"], "")),
            bases=_whole(row.get(found["bases"], "")),
        )
        for row in _rows(path, (found["barcode"],), "\t")
    ]
    return CountedBarcodes(
        rows=rows[:_MOST_BARCODES], unread=[name for name in names if name and name not in found.values()]
    )


def temperatures(path: Path) -> list[OfTemperature]:
    """Return speeds and temperatures of temperature_adjust_data; Unreadable where the file is none."""
    found = []
    for row in _rows(path, ("acquisition_duration", "current_target_temperature", "current_speed"), ","):
        seconds, target = _number(row["acquisition_duration"]), _number(row["current_target_temperature"])
        if seconds is not None and target is not None:
            found.append(
                OfTemperature(
                    hour=round(seconds / 3600, 2),
                    target_c=target,
                    speed_bases_per_s=_number(row["current_speed"]),
                    new_c=_number(row.get("new_target_temperature", "")),
                )
            )
    return found


def _whole(text: str) -> int | None:
    """Return a count, also one that a program for tables has written as 12.0 or 1.2e+03; None where it is none."""
    if text.isascii() and text.isdigit():
        return int(text) if len(text) < 16 else None
    found = _number(text)
    return int(found) if found is not None and found >= 0 and found == int(found) else None


def _minute(text: str) -> int | None:
    found = _whole(text)
    return found if found is not None and found <= _LAST_MINUTE else None


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return round(found, 3) if abs(found) < 1e15 else None


def hashes(path: Path) -> list[HashedFile]:
    """Return the files and sums of output_hash; Unreadable where the file is none."""
    return [
        HashedFile(
            path=row["file_path"].replace("\\", "/"),
            sha256=row["file_hash"].lower(),
            barcode=row.get("barcode", ""),
            alias=row.get("barcode_alias", ""),
            status=row.get("basecall_status", ""),
        )
        for row in _rows(path, ("file_path", "file_hash"), ",")
        if row["file_path"]
    ]


def sheet(path: Path) -> list[SheetRow]:
    """Return the lines of a sample sheet; Unreadable where it names no experiment and no sample."""
    line = _header(path)
    if not _OF_SHEETS & {name.strip().strip('"') for name in line.split(",")}:
        if any(_OF_SHEETS & {name.strip() for name in line.split(sign)} for sign in ";\t"):
            raise Unreadable("The cells of the sample sheet are not separated by commas; save it as CSV with commas.")
        raise Unreadable("The file is no sample sheet: its first line names none of the columns that one has.")
    return [
        SheetRow(
            position=row.get("position_id", ""),
            flow_cell_id=row.get("flow_cell_id", ""),
            sample_id=row.get("sample_id", ""),
            experiment_id=row.get("experiment_id", ""),
            kit=row.get("kit", ""),
            barcode=row.get("barcode", ""),
            alias=row.get("alias", ""),
            kind=row.get("type", ""),
        )
        for row in _rows(path, (), ",")
    ]


def _rows(path: Path, needed: tuple[str, ...], separator: str) -> Iterator[dict[str, str]]:
    """Yield the lines of a table by the names of its columns; a line that is cut off is left out."""
    if path.stat().st_size > _LARGEST:
        raise Unreadable(f"{path.name} has more than 256 MB, which no such table has.")
    text = texts.read(path, largest=_LARGEST, what="The file")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        yield from _of_lines(lines, needed, path.name)
    except csv.Error:
        where = f"Line {lines.line_num:,}"
        raise Unreadable(f"{where} cannot be parted into cells: a quotation mark may be missing.") from None


def _of_lines(lines: Iterator[list[str]], needed: tuple[str, ...], file: str) -> Iterator[dict[str, str]]:
    names = [name.strip() for name in next(lines, [])]
    missing = [name for name in needed if name not in names]
    if missing:
        raise Unreadable(f"{file} has no column {missing[0]}.")
    least = max((names.index(name) for name in needed), default=0)
    for cells in lines:
        if len(cells) > least and any(cells):
            yield dict(zip(names, (cell.strip() for cell in cells), strict=False))


def _header(path: Path) -> str:
    return re.split(r"[\r\n]", texts.read(path, largest=_LARGEST, what="The file"), maxsplit=1)[0]


def _sum(states: dict[str, int], which: frozenset[str]) -> int:
    return sum(samples for state, samples in states.items() if state in which)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
