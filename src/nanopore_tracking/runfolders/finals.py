"""The final summary of a run, which MinKNOW writes last, and the ids in it."""

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from nanopore_tracking.runfolders import texts
from nanopore_tracking.runfolders.figures import Unreadable

_LARGEST = 1 << 20
_LINE = re.compile(r"([A-Za-z0-9_]+)=(.*)")
#: What a clock may say that goes wrong; another year cannot be kept as a moment of UTC.
_YEARS = range(1970, 2200)
#: A file is a final summary if it names at least one of them.
_MARKS = ("acquisition_run_id", "protocol_run_id", "protocol", "started", "flow_cell_id")


class FinalSummary(Struct, frozen=True, kw_only=True):
    """What a final summary says; a text is empty and a count None where it does not say it.

    basecalling: whether the run was basecalled while it went on; files: how many of each kind (such as pod5, fastq)
    MinKNOW says are where they belong; fallen_back: in its fallback folder; doubled: keys that come more than once, of
    which the last counts.
    """

    instrument: str = ""
    position: str = ""
    flow_cell_id: str = ""
    sample_id: str = ""
    experiment_id: str = ""
    protocol: str = ""
    protocol_run_id: str = ""
    acquisition_run_id: str = ""
    started_at: Annotated[datetime, Meta(tz=True)] | None = None
    stopped_at: Annotated[datetime, Meta(tz=True)] | None = None
    processed_at: Annotated[datetime, Meta(tz=True)] | None = None
    basecalling: bool | None = None
    summary_file: str = ""
    files: dict[str, int] = {}
    fallen_back: dict[str, int] = {}
    doubled: list[str] = []


def read(path: Path) -> FinalSummary:
    """Return what a final summary says; Unreadable where the file is none."""
    text = texts.read(path, largest=_LARGEST, what="The final summary")
    said: dict[str, str] = {}
    doubled = []
    for line in text.splitlines():
        found = _LINE.fullmatch(line.strip())
        if line.lstrip().startswith("#") or found is None:
            continue
        if found[1] in said:
            doubled.append(found[1])
        said[found[1]] = found[2].strip()
    if not any(mark in said for mark in _MARKS):
        if not text.strip():
            raise Unreadable("The final summary is empty: it says neither the protocol nor the ids of a run.")
        raise Unreadable("The file is no final summary: it says neither the protocol nor the ids of a run.")
    return FinalSummary(
        instrument=said.get("instrument", ""),
        position=said.get("position", ""),
        flow_cell_id=said.get("flow_cell_id", ""),
        sample_id=said.get("sample_id", ""),
        experiment_id=said.get("protocol_group_id", ""),
        protocol=said.get("protocol", ""),
        protocol_run_id=said.get("protocol_run_id", ""),
        acquisition_run_id=said.get("acquisition_run_id", ""),
        started_at=moment(said.get("started", "")),
        stopped_at=moment(said.get("acquisition_stopped", "")),
        processed_at=moment(said.get("processing_stopped", "")),
        basecalling={"0": False, "1": True}.get(said.get("basecalling_enabled", "")),
        summary_file=said.get("sequencing_summary_file", ""),
        files=_counts(said, "_files_in_final_dest"),
        fallen_back=_counts(said, "_files_in_fallback"),
        doubled=sorted(set(doubled)),
    )


def moment(text: str) -> datetime | None:
    """Return a time with its zone; None where the text is none (a time without a zone says no moment)."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and found.year in _YEARS else None


def _counts(said: dict[str, str], end: str) -> dict[str, int]:
    return {
        key.removesuffix(end): int(value)
        for key, value in said.items()
        if key.endswith(end) and value.isascii() and value.isdigit() and len(value) < 16
    }
