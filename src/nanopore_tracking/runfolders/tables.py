"""The small tables of a run folder: pore activity, throughput, barcode alignment, hashes, sheets."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from nanopore_tracking.runfolders.figures import Unreadable

_LARGEST = 256 << 20
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
        if minute.isdigit() and samples.isdigit():
            by_hour[int(minute) // 60][state] += int(samples)
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
        if values[0].isdigit() and values[1].isdigit():
            called, estimated = (int(text) if text.isdigit() else 0 for text in values[2:])
            found.append(OfMinute(minute=int(values[0]), reads=int(values[1]), bases=called or estimated))
    return found


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
    with path.open("rb") as file:
        names = file.readline(10_000).decode(errors="replace").removeprefix("\ufeff").strip().split(",")
    if not {"experiment_id", "sample_id", "alias", "flow_cell_id", "position_id"} & set(names):
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
    try:
        text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        raise Unreadable(f"{path.name} is not plain text.") from None
    if "\0" in text:
        raise Unreadable(f"{path.name} is not plain text.")
    lines = csv.reader(io.StringIO(text), delimiter=separator)
    names = [name.strip() for name in next(lines, [])]
    missing = [name for name in needed if name not in names]
    if missing:
        raise Unreadable(f"{path.name} has no column {missing[0]}.")
    least = max((names.index(name) for name in needed), default=0)
    for cells in lines:
        if len(cells) > least and any(cells):
            yield dict(zip(names, (cell.strip() for cell in cells), strict=False))


def _sum(states: dict[str, int], which: frozenset[str]) -> int:
    return sum(samples for state, samples in states.items() if state in which)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
