"""Acquisitions of one run are added up where that means something, and what cannot be added is left out."""

from pathlib import Path
from typing import Any

from nanopore_tracking.drawing.runs import figures
from nanopore_tracking.runfolders import folders
from nanopore_tracking.runfolders.joining import joined, kinds
from nanopore_tracking.runfolders.readings import Reading
from nanopore_tracking.runfolders.summaries import Cache
from tests.runfolders import made, vintages

STARTS = ("2025-10-09T08:00:00+02:00", "2025-10-09T14:00:00+02:00")


def _reading(root: Path, number: int, *, started: str = "", model: str = "") -> Reading:
    ids: dict[str, Any] = {
        "protocol_run_id": f"{number}0000000-0000-4000-8000-000000000000",
        "acquisition_run_id": f"{number}" * 40,
    }
    folder = made.folder(root, vintages.draw(300 * number), **ids, started=started)
    if model:
        made.report(folder, model=model, min_q=9)
    return folders.read(folder, Cache(root / "cache"))


def test_reads_bases_and_distributions_of_two_acquisitions_are_their_sums(tmp_path: Path) -> None:
    first, second = (_reading(tmp_path, n + 1, started=STARTS[n]) for n in range(2))
    whole = joined([second, first])
    parts = [each.summary.whole for each in (first, second) if each.summary is not None]
    assert whole.summary is not None
    (run,) = whole.summary.runs
    assert (run.whole.reads, run.whole.bases) == (900, sum(part.bases for part in parts))
    assert sum(each.pass_bases for each in run.lengths) == run.whole.pass_bases == sum(p.pass_bases for p in parts)
    assert sum(each.part.reads for each in run.barcodes) == sum(each.reads for each in run.times) == 900
    assert sum(each.bases for each in run.channels) == run.whole.bases
    assert (run.whole.n50_bases, run.whole.mean_q, run.t90_h) == (None, None, None)
    own = [each.bin for reading in (second,) if reading.summary for each in reading.summary.runs[0].times]
    assert max(each.bin for each in run.times) == max(own) + 36, "the second began six hours later"
    names = {figure.name for figure in figures(whole)}
    assert {"yield", "lengths", "qualities", "barcodes", "channels"} <= names
    assert "speed" not in names


def test_without_a_start_there_are_no_times_and_kinds_of_calling_are_told_apart(tmp_path: Path) -> None:
    first = _reading(tmp_path, 1, started=STARTS[0], model="hac@v5")
    second = _reading(tmp_path, 2)
    whole = joined([first, second])
    assert whole.summary is not None
    assert whole.summary.runs[0].times == []
    assert "yield" not in {figure.name for figure in figures(whole)}
    assert kinds([first, second]) == ["", "hac@v5 from Q9"]
