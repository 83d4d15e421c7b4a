"""Reads of several run ids in one folder: each is an acquisition of its own, and none is added to another."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from nanopore_tracking.runfolders import folders
from nanopore_tracking.runfolders.readings import Reading
from nanopore_tracking.runfolders.splitting import split
from nanopore_tracking.runfolders.summaries import Cache
from tests.runfolders import made, vintages
from tests.runfolders.vintages import ACQUISITION, PROTOCOL_RUN, Read

READS = vintages.draw(60)
OTHER, THIRD = "a" * 40, "c" * 40
ELSEWHERE = "99999999-93f9-439a-bc8f-d20c95a137a5"


def _split(
    tmp_path: Path, reads_of: dict[str, Sequence[Read]], *, program: str = "minknow-24.11", **said: Any
) -> list[Reading]:
    folder = made.folder(tmp_path, READS, program=program, **said)
    (summary,) = folder.glob("sequencing_summary*")
    vintages.join(summary, program, reads_of)
    return split(folders.read(folder, Cache(tmp_path / "cache")))


def _counts(parts: Sequence[Reading]) -> list[tuple[str, int]]:
    return [(part.acquisition_run_id, part.summary.whole.reads if part.summary else 0) for part in parts]


def test_the_folders_own_run_comes_first_and_nothing_of_it_is_said_of_another(tmp_path: Path) -> None:
    own, other = _split(tmp_path, {OTHER: READS[:40], ACQUISITION: READS[40:]})
    assert _counts([own, other]) == [(ACQUISITION, 20), (OTHER, 40)]
    assert (own.state, own.ids.protocol_run_id, own.ids.experiment_id) == ("complete", PROTOCOL_RUN, "EXP_014")
    assert "20 reads" in own.sentence
    assert (other.state, other.ids.protocol_run_id, other.ids.experiment_id) == ("unfinished", "", "")
    assert any("another run" in said for said in other.problems)
    assert all("2 run ids" in " ".join(part.problems) for part in (own, other))


def test_a_summary_of_another_run_alone_leaves_the_folders_own_without_reads(tmp_path: Path) -> None:
    own, other = _split(tmp_path, {OTHER: READS})
    assert _counts([own, other]) == [(ACQUISITION, 0), (OTHER, 60)]
    assert (
        own.sentence == "The run is complete; the summary in its folder is of another run, so its reads are not known."
    )


def test_all_acquisitions_of_a_report_are_the_folders_own(tmp_path: Path) -> None:
    info = [{"acquisition_run_info": {"run_id": run_id}} for run_id in (OTHER, ACQUISITION)]
    folder = made.folder(tmp_path, READS)
    (folder / "report_PAX12345.json").write_text(str({"acquisitions": info}).replace("'", '"'))
    (summary,) = folder.glob("sequencing_summary*")
    vintages.join(summary, "minknow-24.11", {OTHER: READS[:40], ACQUISITION: READS[40:], THIRD: READS[:5]})
    parts = split(folders.read(folder, Cache(tmp_path / "cache")))
    assert _counts(parts) == [(OTHER, 40), (ACQUISITION, 20), (THIRD, 5)]
    assert [part.ids.experiment_id for part in parts] == ["EXP_014", "EXP_014", ""]
    assert [part.pores is not None for part in parts] == [True, False, False], "a course is told once"


def test_where_nothing_says_whose_they_are_a_person_does(tmp_path: Path) -> None:
    parts = _split(tmp_path, {OTHER: READS[:40], THIRD: READS[40:]}, final=False)
    assert _counts(parts) == [(OTHER, 40), (THIRD, 20)]
    assert {(part.ids.flow_cell_id, part.ids.protocol_run_id) for part in parts} == {("PAX12345", "")}
    assert all("a person says which run" in part.problems[-1] for part in parts)


@pytest.mark.parametrize("program", ["minknow-24.11", "dorado-1.4"])
def test_one_run_id_is_one_reading_as_it_was(tmp_path: Path, program: str) -> None:
    folder = made.folder(tmp_path, READS, program=program)
    reading = folders.read(folder, Cache(tmp_path / "cache"))
    (only,) = split(reading)
    assert (only.summary, only.ids, only.problems) == (reading.summary, reading.ids, reading.problems)
    assert only.acquisition_run_id == (ACQUISITION if program == "minknow-24.11" else "")


def test_the_name_of_a_folder_says_which_protocol_run_of_dorado_is_its_own(tmp_path: Path) -> None:
    parts = _split(tmp_path, {PROTOCOL_RUN: READS[:20], ELSEWHERE: READS[20:]}, program="dorado-1.4", final=False)
    assert _counts(parts) == [("", 20), (ELSEWHERE, 40)]
    assert [part.ids.flow_cell_id for part in parts] == ["PAX12345", ""]


def test_another_basecalling_in_the_folder_is_kept_beside_the_one_that_counts(tmp_path: Path) -> None:
    folder = made.folder(tmp_path, READS)
    vintages.write(folder / "dorado_summary.tsv", "dorado-1.4", READS[:50])
    vintages.join(folder / "other_sequencing_summary.txt", "minknow-24.11", {OTHER: READS[:5]})
    reading = folders.read(folder, Cache(tmp_path / "cache"))
    assert reading.summary_name.startswith("sequencing_summary_PAX12345")
    assert any("There are 3 summaries; sequencing_summary_PAX" in said for said in reading.problems)
    own, other = split(reading)
    assert own.summary is not None
    assert (other.acquisition_run_id, other.summary_name, other.ids.flow_cell_id) == (
        OTHER,
        "other_sequencing_summary.txt",
        "",
    )
    assert own.summary.whole.reads == 60
    assert [(other.summary_name, other.runs[0].whole.reads) for other in own.others] == [("dorado_summary.tsv", 50)]
    assert own.others[0].runs[0].channels == [], "its course is not sent twice"


def test_summaries_of_several_runs_without_a_word_of_whose_are_each_for_a_person(tmp_path: Path) -> None:
    for name, run_id in (("a", OTHER), ("b", THIRD)):
        vintages.join(tmp_path / f"{name}_sequencing_summary.txt", "minknow-24.11", {run_id: READS})
    parts = split(folders.read(tmp_path, Cache(tmp_path / "cache")))
    assert sorted(part.acquisition_run_id for part in parts) == sorted([OTHER, THIRD])
    assert all("a person says which run" in part.problems[-1] for part in parts)


def test_what_was_split_is_not_split_again(tmp_path: Path) -> None:
    for part in _split(tmp_path, {OTHER: READS[:40], ACQUISITION: READS[40:], ELSEWHERE: READS[:3]}):
        assert split(part) == [part]
