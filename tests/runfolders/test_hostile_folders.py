"""Run folders with numbers, names and files that cannot be: each is said, kept from the figures, and stops nothing."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from nanopore_tracking.runfolders import folders
from nanopore_tracking.runfolders.readings import Reading
from nanopore_tracking.runfolders.splitting import split
from nanopore_tracking.runfolders.summaries import Cache
from tests.runfolders import made, vintages
from tests.runfolders.vintages import ACQUISITION, PROTOCOL_RUN

READS = vintages.draw(60)
OTHER = "a" * 40


def _read(folder: Path) -> Reading:
    return folders.read(folder, Cache(folder.parent / "cache"))


def _cells(folder: Path, column: str, value: str, many: int) -> None:
    """Write a value in the place of a column of the first reads."""
    (path,) = folder.glob("sequencing_summary*")
    header, *lines = path.read_text().splitlines()
    place = header.split("\t").index(column)
    for number in range(many):
        cells = lines[number].split("\t")
        cells[place] = value
        lines[number] = "\t".join(cells)
    path.write_text("\n".join([header, *lines]) + "\n")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("channel", "0"),
        ("channel", "70000"),
        ("start_time", "-100"),
        ("sequence_length_template", "-5"),
        ("sequence_length_template", "2000000000"),
        ("mean_qscore_template", "500"),
    ],
)
def test_a_number_that_cannot_be_is_not_known_and_said(tmp_path: Path, column: str, value: str) -> None:
    folder = made.folder(tmp_path, READS)
    _cells(folder, column, value, 3)
    found = _read(folder)
    assert f"Numbers that cannot be count as not known: 3 of {column}." in found.problems
    assert found.summary is not None
    whole, (run,) = found.summary.whole, found.summary.runs
    assert (whole.reads, whole.bases <= sum(read.length for read in READS)) == (60, True)
    assert all(0 < each.channel < 513 for each in run.channels)
    assert sum(each.reads for each in run.times) == (57 if column == "start_time" else 60)
    assert whole.mean_q is not None
    assert whole.mean_q < 20


def test_what_programs_write_for_not_known_is_no_number_that_cannot_be(tmp_path: Path) -> None:
    folder = made.folder(tmp_path, READS)
    for column, word in (("channel", "-1"), ("sequence_length_template", "-1"), ("mean_qscore_template", "nan")):
        _cells(folder, column, word, 3)
    assert not [said for said in _read(folder).problems if "cannot be" in said]


def _report(folder: Path, said: object) -> None:
    (folder / "report_PAX12345.json").write_text(said if isinstance(said, str) else json.dumps(said))


def _acquisition(**said: Any) -> dict[str, Any]:
    return {"protocol_run_info": {}, "acquisitions": [{"acquisition_run_info": said}]}


ODD_REPORTS: dict[str, object] = {
    "arguments that are no list": {"protocol_run_info": {"args": 5}, "acquisitions": [1, None]},
    "a limit that is no number": {"protocol_run_info": {"args": ["min_qscore=nan"]}},
    "a limit below nothing": {"protocol_run_info": {"args": ["min_qscore=-5"]}},
    "reads below nothing": _acquisition(run_id=ACQUISITION, yield_summary={"read_count": -5}),
    "more bases than there are": _acquisition(yield_summary={"basecalled_pass_bases": "9" * 5000}),
    "an id that is too long": _acquisition(run_id="z" * 500),
    "a text with NUL": {"protocol_run_info": {"user_info": {"sample_id": "a\0b"}}},
    "a hundred thousand levels": '{"acquisitions":' + "[" * 100_000 + "]" * 100_000 + "}",
}


@pytest.mark.parametrize("what", list(ODD_REPORTS))
def test_a_report_with_values_that_cannot_be_keeps_nothing_from_being_sent(tmp_path: Path, what: str) -> None:
    folder = made.folder(tmp_path, READS)
    _report(folder, ODD_REPORTS[what])
    found = _read(folder)
    sent = json.dumps(msgspec.to_builtins(found), allow_nan=False)
    assert msgspec.json.decode(sent, type=Reading) == found
    assert (found.state, found.ids.sample_id, "\\u0000" in sent) == ("complete", "pool_014", False)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_report_with_a_mark_is_read(tmp_path: Path, encoding: str) -> None:
    folder = made.folder(tmp_path, READS)
    text = json.dumps(_acquisition(run_id=ACQUISITION, yield_summary={"read_count": "7"}))
    (folder / "report_PAX12345.json").write_text(text, encoding)
    report = _read(folder).report
    assert report is not None
    assert (report.acquisition_run_id, report.reads) == (ACQUISITION, 7)


def test_names_and_times_that_cannot_be_sent_are_shortened_or_left_out(tmp_path: Path) -> None:
    times: dict[str, Any] = {"started": "0001-01-01T00:00:00+14:00", "pod5_files_in_final_dest": "9" * 30}
    found = _read(made.folder(tmp_path, READS, sample_id="x" * 5000, **times))
    assert msgspec.json.decode(msgspec.json.encode(found), type=Reading) == found
    assert (len(found.ids.sample_id), found.final and found.final.started_at) == (200, None)


def test_a_clock_that_went_backwards_is_said(tmp_path: Path) -> None:
    times: dict[str, Any] = {"started": "2025-10-12T08:00:00+02:00", "acquisition_stopped": "2025-10-09T08:00:00+02:00"}
    said = "The final summary says that the run ended before it began: the clock of the instrument was wrong."
    assert said in _read(made.folder(tmp_path, READS, **times)).problems


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sample_sheet_PAX12345.csv", 'experiment_id,sample_id\n"' + "a" * 200_000),
        ("throughput_PAX12345.csv", 'Experiment Time (minutes),Reads,Estimated Bases\n1,"' + "2" * 200_000),
    ],
)
def test_a_table_without_the_end_of_a_cell_is_said(tmp_path: Path, name: str, text: str) -> None:
    folder = made.folder(tmp_path, READS)
    (folder / name).write_text(text)
    found = _read(folder)
    assert f"{name}: Line 2 cannot be parted into cells: a quotation mark may be missing." in found.problems
    assert found.state == "complete"


def test_a_sheet_with_carriage_returns_alone_is_a_sheet(tmp_path: Path) -> None:
    folder = made.folder(tmp_path, READS, final=False)
    (folder / "sample_sheet_PAX12345.csv").write_bytes(b"experiment_id,sample_id\rEXP_9,pool_9\r")
    assert [(row.experiment_id, row.sample_id) for row in _read(folder).sheet] == [("EXP_9", "pool_9")]


def test_minutes_that_no_run_has_are_left_out_and_the_others_are_in_order(tmp_path: Path) -> None:
    folder = made.folder(tmp_path, READS)
    head = "Experiment Time (minutes),Reads,Estimated Bases"
    (folder / "throughput_PAX12345.csv").write_text(f"{head}\n5,5,50\n4,4,40\n99999999999,9,90\n-3,3,30\n")
    assert [each.minute for each in _read(folder).minutes] == [4, 5]


def test_a_text_with_nul_is_put_aside_and_counted(tmp_path: Path) -> None:
    folder = made.folder(tmp_path, READS)
    _cells(folder, "alias", "a\0b", 2)
    summary = _read(folder).summary
    assert summary is not None
    assert (summary.whole.reads, summary.told.odd_rows) == (58, 2)


def test_a_folder_whose_name_is_no_text_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "named").mkdir()
    folder = made.folder(tmp_path / "named", READS)
    odd = folder.rename(f"{folder}\udce9")
    found = _read(odd)
    assert found.state == "unreadable"
    assert found.sentence == (
        "The name of the folder is not text in UTF-8, so that nothing can be kept of it. Rename the folder."
    )
    assert found.folder == f"{folder}?"


def test_files_whose_names_are_no_text_are_counted_and_not_named(tmp_path: Path) -> None:
    folder = made.folder(tmp_path, READS)
    for name in ("report_\udce9.json", "calls_\udce9.tsv"):
        (folder / name).write_text("read_id\tchannel\tstart_time\n")
    found = _read(folder)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Reading) == found
    assert {each.kind: each.files for each in found.files}["other"] == 2


def test_a_folder_below_that_may_not_be_read_is_said_and_the_run_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, scandir = made.folder(tmp_path, READS), os.scandir

    def guarded(path: Any) -> Any:
        # The superuser, who runs tests in a container, may read everything.
        if Path(path).name == "pod5":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    found = _read(folder)
    assert (found.state, found.summary is not None) == ("complete", True)
    assert "1 folder in it may not be read, such as pod5; nothing in there was counted." in found.problems


def _several(folder: Path, *, summary: bool = True) -> Reading:
    """Write a report of two acquisitions that sequenced and a check before them, and return what the folder says."""

    def of(run_id: str, reads: int, model: str, purpose: str = "SEQUENCING") -> dict[str, Any]:
        names = {"simplex_model": model}
        return {
            "run_id": run_id,
            "config_summary": {"purpose": purpose, "basecalling_model_names": names},
            "yield_summary": {"read_count": str(reads), "basecalled_pass_bases": str(reads * 100)},
            "stop_reason": f"STOPPED_{reads}",
        }

    told = [of("e" * 40, 3, "none", "PLATFORM_QC"), of(OTHER, 40, "hac@v5"), of(ACQUISITION, 20, "sup@v5")]
    _report(folder, {"protocol_run_info": {}, "acquisitions": [{"acquisition_run_info": each} for each in told]})
    (path,) = folder.glob("sequencing_summary*")
    if summary:
        vintages.join(path, "minknow-24.11", {OTHER: READS[:40], ACQUISITION: READS[40:]})
    else:
        path.unlink()
    return _read(folder)


def test_each_acquisition_has_what_the_report_says_of_that_one(tmp_path: Path) -> None:
    parts = split(_several(made.folder(tmp_path, READS)))
    told = [(part.acquisition_run_id, part.report.reads, part.report.model) for part in parts if part.report]
    assert told == [(OTHER, 40, "hac@v5"), (ACQUISITION, 20, "sup@v5")]
    assert [part.report and part.report.stop_reason for part in parts] == ["STOPPED_40", "STOPPED_20"]


@pytest.mark.parametrize(
    ("named", "reads", "other"),
    [(ACQUISITION, 20, "aaaaaaaa with 40 reads"), (OTHER, 40, "0f1d7e9e with 20 reads")],
    ids=["the last one", "an earlier one"],
)
def test_without_a_summary_it_is_said_of_which_acquisition_the_figures_are(
    tmp_path: Path, named: str, reads: int, other: str
) -> None:
    (part,) = split(_several(made.folder(tmp_path, READS, acquisition_run_id=named), summary=False))
    assert part.report is not None
    assert (part.report.acquisition_run_id, part.report.reads) == (named, reads)
    said = f"Reads and bases here are those of {named[:8]} alone; beside it: {other}."
    assert f"The report tells of 2 acquisitions that sequenced. {said}" in part.problems


def _started_twice(tmp_path: Path, of_report: bool) -> Path:
    """Make a folder of two acquisitions of one protocol run, each with a summary and a final summary."""
    folder = made.folder(tmp_path, READS[:20])
    text = "\n".join(vintages.lines("minknow-24.11", READS[20:])).replace(ACQUISITION, OTHER)
    (folder / f"sequencing_summary_PAX12345_e4994c62_{OTHER[:8]}.txt").write_text(text + "\n")
    (final,) = folder.glob("final_summary*")
    other = final.read_text().replace(ACQUISITION, OTHER).replace("10-09T08:55", "10-08T08:55")
    (folder / f"final_summary_PAX12345_e4994c62_{OTHER[:8]}.txt").write_text(other.replace(ACQUISITION[:8], OTHER[:8]))
    if of_report:
        told = [{"acquisition_run_info": {"run_id": run_id}} for run_id in (OTHER, ACQUISITION)]
        _report(folder, {"acquisitions": told})
    return folder


@pytest.mark.parametrize("of_report", [False, True], ids=["without a report", "with a report"])
def test_two_acquisitions_of_one_protocol_run_are_two_of_the_folders_own(tmp_path: Path, *, of_report: bool) -> None:
    parts = split(_read(_started_twice(tmp_path, of_report)))
    told = [(part.acquisition_run_id, part.summary and part.summary.whole.reads) for part in parts]
    assert told == [(OTHER, 40), (ACQUISITION, 20)]
    assert [part.ids.protocol_run_id for part in parts] == [PROTOCOL_RUN] * 2
    days = [part.final.started_at.day for part in parts if part.final and part.final.started_at]
    assert (days, [part.state for part in parts]) == ([8, 9], ["complete"] * 2)
    assert not any("final_summary" in said or "of another run" in said for part in parts for said in part.problems)
    assert not any(part.others for part in parts)


Spoil = Callable[[Path], object]


@pytest.mark.parametrize(
    ("spoil", "reads"),
    [
        (lambda path: path.rename(f"{path}.gz"), 60),
        (lambda path: path.write_text(path.read_text().replace("TRUE", "FALSE")), 60),
        (lambda path: (path.parent / "loop").symlink_to(path.parent), 60),
    ],
    ids=["a .gz that is plain text", "reads that all failed", "a link to the folder itself"],
)
def test_what_looks_odd_and_is_right_is_read(tmp_path: Path, spoil: Spoil, reads: int) -> None:
    folder = made.folder(tmp_path, READS)
    (path,) = folder.glob("sequencing_summary*")
    spoil(path)
    found = _read(folder)
    assert (found.state, found.problems) == ("complete", [])
    assert found.summary is not None
    assert found.summary.whole.reads == reads


def test_barcodes_beyond_the_largest_kit_are_each_one(tmp_path: Path) -> None:
    reads = [replace(read, barcode=f"barcode{number:03}") for number, read in enumerate(vintages.draw(200), 1)]
    summary = _read(made.folder(tmp_path, reads)).summary
    assert summary is not None
    assert sorted(each.barcode for each in summary.runs[0].barcodes) == sorted(read.barcode for read in reads)
