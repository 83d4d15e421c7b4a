"""The summaries of a run folder: which of them are parts of one basecalling, and which one counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from nanopore_tracking.counting import counted
from nanopore_tracking.runfolders.collecting import Collected
from nanopore_tracking.runfolders.figures import SummaryFigures, Told
from nanopore_tracking.runfolders.finals import FinalSummary
from nanopore_tracking.runfolders.readings import OtherBasecalling
from nanopore_tracking.runfolders.summaries import Cache, Source

#: One for each barcode of the largest kit, and what has none.
_MOST_SUMMARIES, _MOST_BARCODINGS = 100, 20
_MOST_OTHERS, _MOST_NOTES, _LONGEST_NAME = 5, 20, 250
#: Reads of a basecalling are found in another one of the same run; reads of a part are in no other part. Some have a
#: channel and a second in common with another read.
_SAME_READS = 0.5


@dataclass(frozen=True, slots=True)
class _Read:
    """A summary that was read."""

    source: Source
    figures: SummaryFigures


@dataclass(frozen=True, slots=True)
class _Basecalling:
    """What one basecalling says, in one file or in several."""

    name: str
    parts: int
    figures: SummaryFigures


def summaries(
    collected: Collected, cache: Cache, final: FinalSummary | None
) -> tuple[SummaryFigures | None, str, list[OtherBasecalling]]:
    """Return the basecalling that the final summary names, else the newest that has reads; and the others beside it."""
    paths = collected.found.paths("summary")
    named = final.summary_file if final is not None else ""
    paths.sort(key=lambda path: path.name != named)
    groups: list[list[_Read]] = []
    for path in paths[:_MOST_SUMMARIES]:
        read = _read(collected, cache, path)
        if read is not None:
            _sort_in(groups, read, cache)
    groups.sort(key=lambda group: group[0].source.summary.name != named and not group[0].figures.whole.reads)
    if not groups:
        return None, "", []
    first, *others = (_one(group, cache) for group in groups[: 1 + _MOST_OTHERS])
    collected.problems += [*first.figures.told.notes, *_said(first, many=len(groups), files=len(paths))]
    return (
        first.figures,
        first.name,
        [OtherBasecalling(summary_name=each.name, told=each.figures.told, runs=each.figures.runs) for each in others],
    )


def _said(first: _Basecalling, *, many: int, files: int) -> list[str]:
    """Say what of several summaries counts. many: basecallings, files: that they are in."""
    said = []
    if first.parts > 1:
        said.append(f"{first.name}: the {first.parts} summaries have no read in common; they count together, as parts.")
    if many > 1:
        said.append(f"There are {files} summaries; {first.name} counts, the others are kept for themselves.")
    if many > 1 + _MOST_OTHERS:
        left = counted(many - 1 - _MOST_OTHERS, "other basecalling was", "other basecallings were")
        said.append(f"{left} not kept: there are too many.")
    if files > _MOST_SUMMARIES:
        left = counted(files - _MOST_SUMMARIES, "summary was", "summaries were")
        said.append(f"{left} not read: there are too many.")
    return said


def _sort_in(groups: list[list[_Read]], read: _Read, cache: Cache) -> None:
    """Add a summary to the basecalling that it is a part of, else as one of its own."""
    for group in groups:
        others = [each.source for each in group]
        if _like(group[0].figures, read.figures) and cache.shared(read.source, others) < _SAME_READS:
            group.append(read)
            return
    groups.append([read])


def _one(group: Sequence[_Read], cache: Cache) -> _Basecalling:
    """Return the basecalling that a summary is of, or several that are parts of it."""
    first = group[0]
    name = first.source.summary.name[:_LONGEST_NAME]
    if len(group) == 1:
        return _Basecalling(name, 1, first.figures)
    whole, runs = cache.together([each.source for each in group])
    figures = SummaryFigures(told=_told(group), whole=whole, runs=runs)
    return _Basecalling(f"{name} and {len(group) - 1} more", len(group), figures)


def _like(one: SummaryFigures, other: SummaryFigures) -> bool:
    """Return whether two summaries may be parts of one: of the same program, columns and runs."""
    ids = [{run.run_id for run in each.runs} for each in (one, other)]
    return (
        ids[0] == ids[1] != set()
        and one.told.vintage == other.told.vintage
        and one.told.known == other.told.known
        and one.whole.bases > 0 < other.whole.bases
    )


def _told(group: Sequence[_Read]) -> Told:
    """Return how the reading of parts went; a note names the file that it is of."""
    told = [each.figures.told for each in group]
    notes = [f"{each.source.summary.name}: {note}" for each in group for note in each.figures.told.notes]
    return msgspec.structs.replace(
        told[0],
        rows=sum(each.rows for each in told),
        odd_rows=sum(each.odd_rows for each in told),
        odd=next((each.odd for each in told if each.odd), []),
        repeated_headers=sum(each.repeated_headers for each in told),
        strangers=sum(each.strangers for each in told),
        notes=notes[:_MOST_NOTES],
    )


def _read(collected: Collected, cache: Cache, path: Path) -> _Read | None:
    """Return what a summary says, with the barcodes of barcoding summaries where it has none of its own."""
    barcodings = tuple(collected.found.paths("barcoding")[:_MOST_BARCODINGS])
    found = collected.one(path, cache.read)
    if found is None:
        return None
    alone = _Read(Source(path), found)
    if not barcodings or not found.whole.reads or any(run.barcodes for run in found.runs):
        return alone
    return _joined(collected, cache, Source(path, barcodings), alone=alone)


def _joined(collected: Collected, cache: Cache, source: Source, *, alone: _Read) -> _Read:
    """Return a summary with the barcodes of the barcoding summaries beside it, unless those are of other reads."""
    joined = collected.one(source.summary, lambda summary: cache.read(summary, *source.barcodings))
    if joined is None:
        return alone
    if (
        all({each.barcode for each in run.barcodes} <= {"unclassified"} for run in joined.runs)
        and joined.told.strangers
    ):
        collected.problems.append(
            f"{source.barcodings[0].name}: The barcoding summary is of other reads than {source.summary.name}."
        )
        return alone
    return _Read(source, joined)
