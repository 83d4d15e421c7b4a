"""Reads a whole run folder and says, each in one sentence, what it is short of; nothing of it is changed."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from nanopore_tracking.runfolders import finals, inventory, reports, tables
from nanopore_tracking.runfolders.figures import SummaryFigures, Unreadable
from nanopore_tracking.runfolders.finals import FinalSummary
from nanopore_tracking.runfolders.inventory import Inventory
from nanopore_tracking.runfolders.readings import Reading, RunIds, State
from nanopore_tracking.runfolders.reports import ReportFigures
from nanopore_tracking.runfolders.summaries import Cache
from nanopore_tracking.runfolders.tables import OfMinute, SheetRow

#: Seconds without a change after which a run without a final summary does not count as being written.
QUIET_S = 2 * 3600
_UUID, _MOST_IDS, _SHOWN_MINUTES = 36, 50, 500
_T = TypeVar("_T")


def read(folder: Path, cache: Cache, *, now: float | None = None) -> Reading:
    """Return what a run folder says; it never raises for what is in the folder or is not.

    now: seconds since 1970, this moment unless given.
    """
    try:
        collected = _Collected(found := inventory.take(folder))
    except OSError:
        return _vanished(folder)
    final = collected.first("final_summary", finals.read)
    summary, name = _summary(collected, cache, final)
    said = _Said(
        final,
        collected.first("report", reports.read),
        collected.first("sheet", tables.sheet) or [],
        summary,
        collected.first("throughput", tables.throughput) or [],
    )
    if not folder.is_dir():
        return _vanished(folder)
    ids = _ids(folder, said)
    quiet_s = (time.time() if now is None else now) - found.changed_at
    state, sentence = _state(ids, said, quiet=quiet_s > QUIET_S)
    return Reading(
        folder=str(folder),
        state=state,
        sentence=sentence,
        ids=ids,
        pores=collected.first("pore_activity", tables.pore_activity),
        **_hashed(collected),
        problems=[*collected.problems, *_strangers(said), *_missing(said, found)],
        files=found.kinds,
        final=final,
        report=said.report,
        summary=summary,
        summary_name=name,
        sheet=said.sheet,
        minutes=said.minutes[:: max(1, len(said.minutes) // _SHOWN_MINUTES)],
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What the files of a folder say."""

    final: FinalSummary | None
    report: ReportFigures | None
    sheet: list[SheetRow]
    summary: SummaryFigures | None
    minutes: list[OfMinute]


class _Collected:
    """Reads one file of each kind and keeps a sentence for each that cannot be read."""

    def __init__(self, found: Inventory) -> None:
        self.found = found
        self.problems: list[str] = []
        if found.left_out:
            self.problems.append(f"{found.left_out:,} files were not looked at: there are too many in the folder.")

    def first(self, kind: str, reader: Callable[[Path], _T]) -> _T | None:
        """Return what the newest readable file of a kind says."""
        paths = self.found.paths(kind)
        for path in paths:
            found = self.one(path, reader)
            if found is not None:
                if len(paths) > 1:
                    self.problems.append(f"There are {len(paths)} files of the kind {kind}; {path.name} counts.")
                return found
        return None

    def one(self, path: Path, reader: Callable[[Path], _T]) -> _T | None:
        """Return what a file says; None, and a sentence, where it cannot be read."""
        try:
            return reader(path)
        except Unreadable as reason:
            self.problems.append(f"{path.name}: {reason}")
        except FileNotFoundError:
            self.problems.append(f"{path.name}: The file vanished while the folder was read.")
        except OSError as failure:
            self.problems.append(
                f"{path.name}: The file cannot be read ({failure.strerror or 'input or output error'})."
            )
        return None


def _summary(collected: _Collected, cache: Cache, final: FinalSummary | None) -> tuple[SummaryFigures | None, str]:
    """Return the summary that the final summary names, else the newest that can be read."""
    paths = collected.found.paths("summary")
    if final is not None and final.summary_file:
        paths.sort(key=lambda path: path.name != final.summary_file)
    barcoding = next(iter(collected.found.paths("barcoding")), None)
    for path in paths:
        found = collected.one(path, cache.read)
        if (
            found is not None
            and barcoding is not None
            and found.whole.reads
            and not any(r.barcodes for r in found.runs)
        ):
            found = _joined(collected, cache, (path, barcoding), alone=found)
        if found is not None:
            collected.problems += found.told.notes
            others = len(paths) - 1
            if others:
                collected.problems.append(f"There are {others + 1} summaries; {path.name} counts.")
            return found, path.name
    return None, ""


def _joined(collected: _Collected, cache: Cache, files: tuple[Path, Path], *, alone: SummaryFigures) -> SummaryFigures:
    """Return a summary with the barcodes of the barcoding summary beside it, unless that is of other reads."""
    joined = collected.one(files[0], lambda summary: cache.read(summary, files[1]))
    if joined is None:
        return alone
    if (
        all({each.barcode for each in run.barcodes} <= {"unclassified"} for run in joined.runs)
        and joined.told.strangers
    ):
        collected.problems.append(f"{files[1].name}: The barcoding summary is of other reads than {files[0].name}.")
        return alone
    return joined


def _hashed(collected: _Collected) -> dict[str, int]:
    sums = collected.first("output_hash", tables.hashes) or []
    return {"hashed_files": len(sums), "files_without_hash": sum(not each.sha256 for each in sums)}


def _ids(folder: Path, said: _Said) -> RunIds:
    """Return the ids: of the final summary, else of the report, the sheet, the name of the folder."""
    named = inventory.folder_name(folder)
    one = said.sheet[0] if said.sheet else SheetRow()
    final = said.final or FinalSummary()
    told = said.report or ReportFigures()
    seen = [run.run_id for run in said.summary.runs] if said.summary else []
    uuids = [run for run in seen if len(run) == _UUID]
    acquisitions = [
        run for run in (final.acquisition_run_id, told.acquisition_run_id, *seen) if run not in ("", *uuids)
    ]
    return RunIds(
        protocol_run_id=final.protocol_run_id or told.protocol_run_id or (uuids[0] if len(uuids) == 1 else ""),
        acquisition_run_ids=list(dict.fromkeys(acquisitions))[:_MOST_IDS],
        experiment_id=final.experiment_id or told.experiment_id or one.experiment_id,
        sample_id=final.sample_id or told.sample_id or one.sample_id,
        flow_cell_id=final.flow_cell_id
        or told.flow_cell_id
        or one.flow_cell_id
        or (named.flow_cell_id if named else ""),
        position=final.position or one.position or (named.position if named else ""),
        instrument=final.instrument or told.instrument,
        kit=told.kit or one.kit,
    )


def _strangers(said: _Said) -> Iterator[str]:
    """Say where the files of one folder are not of one run."""
    final, summary = said.final, said.summary
    if final is None or summary is None:
        return
    known = {final.protocol_run_id, final.acquisition_run_id} - {""}
    foreign = [run.run_id for run in summary.runs if run.run_id not in known]
    if known and foreign and len(foreign) == len(summary.runs):
        yield "The sequencing summary is of another run than the final summary: none of its run ids is the same."
    elif known and foreign:
        yield f"The sequencing summary has {len(foreign)} more run ids than the final summary names."
    if final.basecalling is False and summary.whole.bases:
        yield "The run was not basecalled while it went on; the summary is of a later basecalling."


def _missing(said: _Said, found: Inventory) -> Iterator[str]:
    """Say which files are missing, as the final summary counts them."""
    final = said.final
    if final is None:
        return
    if final.doubled:
        yield f"The final summary says {', '.join(final.doubled)} more than once; the last one counts."
    for kind, expected in sorted(final.files.items()):
        there = found.count(kind)
        if there < expected:
            yield f"The final summary speaks of {expected:,} {kind} files, and {there:,} are in the folder."
    for kind, many in sorted(final.fallen_back.items()):
        if many:
            yield f"MinKNOW wrote {many:,} {kind} files to its fallback folder, not here."


def _state(ids: RunIds, said: _Said, *, quiet: bool) -> tuple[State, str]:
    summary = said.summary
    if not any((ids.protocol_run_id, ids.acquisition_run_ids, ids.flow_cell_id, ids.experiment_id)):
        return (
            "unreadable",
            "Nothing in this folder says which run it is of: there is no final summary, report or sheet.",
        )
    if said.final is None and not quiet:
        return "writing", "The run is still being written; it is read again when its final summary is there."
    if summary is not None and not summary.whole.reads:
        return "empty", "The summary of this run has no reads."
    if said.final is None:
        return (
            "unfinished",
            "There is no final summary, and nothing has changed for two hours: the run did not end well.",
        )
    if summary is not None:
        figures = f"{summary.whole.reads:,} reads, {summary.whole.bases / 1e9:,.3f} Gb"
        return "complete", f"The run is complete: {figures}."
    if any(minute.reads for minute in said.minutes):
        return "complete", "The run is complete; it has no summary, so only what MinKNOW counted is known."
    return "empty", "The run has ended, and nothing in its folder says that anything was read."


def _vanished(folder: Path) -> Reading:
    sentence = "The folder is not there, or may not be read. What was read of it before is kept."
    return Reading(folder=str(folder), state="vanished", sentence=sentence, ids=RunIds(), problems=[], files=[])


def is_run_folder(folder: Path) -> bool:
    """Return whether a folder looks like that of a run: by its name, or by a file that only such a folder has."""
    if inventory.folder_name(folder) is not None:
        return True
    try:
        return any(
            inventory.kind_of(path.name) in ("final_summary", "summary", "report")
            for path in folder.iterdir()
            if path.is_file()
        )
    except OSError:
        return False
