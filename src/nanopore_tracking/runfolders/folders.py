"""Reads a whole run folder and says, each in one sentence, what it is short of; nothing of it is changed."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nanopore_tracking.counting import counted
from nanopore_tracking.runfolders import basecallings, finals, inventory, reports, tables, texts
from nanopore_tracking.runfolders.collecting import Collected
from nanopore_tracking.runfolders.figures import SummaryFigures, Unreadable, gigabases
from nanopore_tracking.runfolders.finals import FinalSummary
from nanopore_tracking.runfolders.inventory import Inventory
from nanopore_tracking.runfolders.readings import Reading, RunIds, State
from nanopore_tracking.runfolders.reports import ReportFigures
from nanopore_tracking.runfolders.summaries import Cache
from nanopore_tracking.runfolders.tables import CountedBarcode, OfMinute, SheetRow

_NO_TEXT = "The name of the folder is not text in UTF-8, so that nothing can be kept of it. Rename the folder."
#: Seconds without a change after which a run without a final summary does not count as being written.
QUIET_S = 2 * 3600
_UUID, _MOST_IDS, _SHOWN_MINUTES, _LONGEST_NAME = 36, 50, 500, 200


def read(folder: Path, cache: Cache, *, now: float | None = None) -> Reading:
    """Return what a run folder says, whatever is in it. now: seconds since 1970, this moment unless given."""
    if str(folder).encode(errors="ignore").decode() != str(folder):
        return _unreadable(folder, _NO_TEXT)
    try:
        collected = Collected(found := inventory.take(folder))
    except OSError:
        return _vanished(folder)
    if (many := inventory.runs_below(folder, found)) > 1:
        return _several(folder, many)
    return _of_run(folder, collected, cache, now=time.time() if now is None else now)


def _of_run(folder: Path, collected: Collected, cache: Cache, *, now: float) -> Reading:
    found, told = collected.found, _finals(collected)
    final = told[0] if told else None
    summary, name, others = basecallings.summaries(collected, cache, final)
    said = _Said(
        final,
        collected.first("report", reports.read) or collected.first("report_text", reports.read_text),
        collected.first("sheet", tables.sheet) or [],
        summary,
        collected.first("throughput", tables.throughput) or [],
        unread=len(found.paths("summary")) if summary is None else 0,
        more=told[1:],
    )
    said = replace(said, report=_reported(said))
    if not folder.is_dir():
        return _vanished(folder)
    ids = _ids(folder, said)
    state, sentence = _state(ids, said, found, quiet=now - found.changed_at > QUIET_S)
    return Reading(
        folder=str(folder),
        state=state,
        sentence=sentence,
        ids=ids,
        **_tables(collected),
        problems=[*collected.problems, *_strangers(said), *_of_report(said), *_missing(said, found)],
        files=found.kinds,
        final=final,
        finals=told[1:],
        report=said.report,
        summary=summary,
        summary_name=name,
        others=others,
        sheet=said.sheet,
        minutes=said.minutes[:: max(1, len(said.minutes) // _SHOWN_MINUTES)],
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What the files of a folder say.

    unread: how many summaries are there that cannot be read; more: final summaries of other acquisitions of the run.
    """

    final: FinalSummary | None
    report: ReportFigures | None
    sheet: list[SheetRow]
    summary: SummaryFigures | None
    minutes: list[OfMinute]
    unread: int = 0
    more: Sequence[FinalSummary] = ()

    @property
    def anything(self) -> bool:
        """Whether one of them could be read."""
        return any((self.final, self.report, self.sheet, self.summary, self.minutes))


def _finals(collected: Collected) -> list[FinalSummary]:
    """Return the final summary that counts, the newest, and those of other acquisitions of its protocol run."""
    said = len(collected.problems)
    counts = collected.first("final_summary", finals.read)
    paths = collected.found.paths("final_summary")
    if counts is None or len(paths) == 1 or not counts.protocol_run_id:
        return [counts] if counts is not None else []
    found = {counts.acquisition_run_id: counts}
    for path in paths:
        try:
            other = finals.read(path)
        except (Unreadable, OSError):
            continue
        if other.protocol_run_id == counts.protocol_run_id and other.acquisition_run_id:
            found.setdefault(other.acquisition_run_id, other)
    if len(found) == len(paths):
        # Each counts for its own acquisition.
        del collected.problems[said:]
    return list(found.values())


def _reported(said: "_Said") -> ReportFigures | None:
    """Return what the report says, of the acquisition that the final summary names where it tells of several."""
    if said.report is None or said.final is None:
        return said.report
    return reports.of(said.report, said.final.acquisition_run_id)


def _of_report(said: "_Said") -> Iterator[str]:
    """Say of which acquisition the figures of a report are that tells of several, where no summary says it."""
    report = said.report
    if report is None or not report.sequenced or said.summary is not None:
        return
    others = [each for each in report.sequenced if each.run_id != report.acquisition_run_id]
    told = ", ".join(f"{each.run_id[:8]} with {_many(each.reads)}" for each in others[:5])
    more = f" and {len(others) - 5} more" if len(others) > 5 else ""
    yield (
        f"The report tells of {len(report.sequenced)} acquisitions that sequenced. Reads and bases here are those of "
        f"{report.acquisition_run_id[:8] or 'the last one'} alone; beside it: {told}{more}."
    )


def _many(reads: int | None) -> str:
    return "reads that it does not count" if reads is None else counted(reads, "read")


def _counted(collected: Collected) -> list[CountedBarcode]:
    """Return what MinKNOW counted by barcode; a sentence says what of its table could not be read."""
    found = collected.first("barcode_alignment", tables.barcodes)
    if found is None:
        return []
    if found.unread:
        named = ", ".join(name[:40] for name in found.unread[:5])
        more = f" and {len(found.unread) - 5} more" if len(found.unread) > 5 else ""
        collected.problems.append(f"MinKNOW's table of barcodes has columns that are not known: {named}{more}.")
    return found.rows


def _tables(collected: Collected) -> dict[str, Any]:
    """Return what the small tables of a folder say."""
    sums = collected.first("output_hash", tables.hashes) or []
    told = {
        "pores": collected.first("pore_activity", tables.pore_activity),
        "counted": _counted(collected),
        "temperatures": (collected.first("temperature", tables.temperatures) or [])[:_SHOWN_MINUTES],
    }
    return told | {"hashed_files": len(sums), "files_without_hash": sum(not each.sha256 for each in sums)}


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
    names = {
        "protocol_run_id": final.protocol_run_id or told.protocol_run_id or (uuids[0] if len(uuids) == 1 else ""),
        "experiment_id": final.experiment_id or told.experiment_id or one.experiment_id,
        "sample_id": final.sample_id or told.sample_id or one.sample_id,
        "flow_cell_id": final.flow_cell_id
        or told.flow_cell_id
        or one.flow_cell_id
        or (named.flow_cell_id if named else ""),
        "position": final.position or one.position or (named.position if named else ""),
        "instrument": final.instrument or told.instrument,
        "kit": told.kit or one.kit,
    }
    # A name that is longer than all of MinKNOW's is no id; the begin of it tells what it is.
    short = {key: name[:_LONGEST_NAME] for key, name in names.items()}
    kept = [run[:_LONGEST_NAME] for run in dict.fromkeys(acquisitions)]
    return RunIds(**short, acquisition_run_ids=kept[:_MOST_IDS])


def _strangers(said: _Said) -> Iterator[str]:
    """Say where the files of one folder are not of one run."""
    final, summary = said.final, said.summary
    if final is None or summary is None:
        return
    known = {final.protocol_run_id, *(each.acquisition_run_id for each in (final, *said.more))} - {""}
    seen = [run.run_id for run in summary.runs if run.run_id]
    foreign = [run_id for run_id in seen if run_id not in known]
    if known and foreign and len(foreign) == len(seen):
        yield "The sequencing summary is of another run than the final summary: none of its run ids is the same."
    elif known and foreign:
        yield f"The sequencing summary has {counted(len(foreign), 'more run id')} than the final summary names."
    if final.basecalling is False and summary.whole.bases:
        yield "The run was not basecalled while it went on; the summary is of a later basecalling."


def _missing(said: _Said, found: Inventory) -> Iterator[str]:
    """Say which files are missing, as the final summary counts them."""
    final = said.final
    if final is None:
        return
    if final.started_at and final.stopped_at and final.stopped_at < final.started_at:
        yield "The final summary says that the run ended before it began: the clock of the instrument was wrong."
    if final.doubled:
        yield f"The final summary says {', '.join(final.doubled)} more than once; the last one counts."
    for kind, expected in sorted(final.files.items()):
        there = found.count(kind)
        if there < expected:
            files = counted(expected, f"{kind} file")
            yield f"The final summary speaks of {files}, and {there:,} {'is' if there == 1 else 'are'} in the folder."
    for kind, many in sorted(final.fallen_back.items()):
        if many:
            yield f"MinKNOW wrote {counted(many, f'{kind} file')} to its fallback folder, not here."


def _state(ids: RunIds, said: _Said, found: Inventory, *, quiet: bool) -> tuple[State, str]:
    summary = said.summary
    if not any((ids.protocol_run_id, ids.acquisition_run_ids, ids.flow_cell_id, ids.experiment_id)):
        return (
            "unreadable",
            "Nothing in this folder says which run it is of: there is no final summary, report or sheet.",
        )
    if not said.anything and not any(found.count(kind) for kind in inventory.READS):
        return _nothing(found, quiet=quiet)
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
        figures = f"{counted(summary.whole.reads, 'read')}, {gigabases(summary.whole.bases)}"
        return "complete", f"The run is complete: {figures}."
    if said.unread:
        return "complete", "The run is complete; its summary cannot be read, so its reads are not known."
    if any(minute.reads for minute in said.minutes):
        return "complete", "The run is complete; it has no summary, so only what MinKNOW counted is known."
    return "empty", "The run has ended, and nothing in its folder says that anything was read."


def _nothing(found: Inventory, *, quiet: bool) -> tuple[State, str]:
    """Return how a folder stands that has the name of a run's and nothing that can be read."""
    what = "Nothing in it can be read as MinKNOW's" if found.kinds else "The folder has no files"
    if quiet:
        return "unfinished", f"{what}, and nothing has changed for two hours."
    return "writing", f"{what} yet; it is read again when something in it has changed."


def _several(folder: Path, many: int) -> Reading:
    sentence = (
        f"This is a folder of {many:,} runs, not of one. Read each of them alone, or all of them by `nanopore-tracking "
        "watch`."
    )
    return _unreadable(folder, sentence)


def _unreadable(folder: Path, sentence: str) -> Reading:
    named = texts.shown(str(folder))
    return Reading(folder=named, state="unreadable", sentence=sentence, ids=RunIds(), problems=[], files=[])


def _vanished(folder: Path) -> Reading:
    sentence = "The folder is not there, or may not be read. What was read of it before is kept."
    return Reading(folder=str(folder), state="vanished", sentence=sentence, ids=RunIds(), problems=[], files=[])
