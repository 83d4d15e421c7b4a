"""A run folder is read as a whole, and each thing that is wrong with it is one sentence."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nanopore_tracking.runfolders import finals, folders, inventory, reports, tables
from nanopore_tracking.runfolders.figures import Unreadable
from nanopore_tracking.runfolders.readings import Reading
from nanopore_tracking.runfolders.summaries import Cache
from tests.runfolders import made, vintages
from tests.runfolders.vintages import ACQUISITION, PROTOCOL_RUN

READS = vintages.draw(300)
#: In 2096: long after any file of a test.
LATER_S = 4_000_000_000.0


def _read(folder: Path, *, now: float | None = None) -> Reading:
    return folders.read(folder, Cache(folder.parent / "cache"), now=now)


def test_a_whole_run_is_complete_and_known_by_its_ids(tmp_path: Path) -> None:
    found = _read(made.folder(tmp_path, READS))
    assert (found.state, found.problems) == ("complete", [])
    assert found.sentence.startswith("The run is complete: 300 reads, 0.00")
    ids = found.ids
    assert (ids.protocol_run_id, ids.acquisition_run_ids) == (PROTOCOL_RUN, [ACQUISITION])
    assert (ids.experiment_id, ids.sample_id, ids.flow_cell_id, ids.position) == (
        "EXP_014",
        "pool_014",
        "PAX12345",
        "1C",
    )
    assert {each.kind: each.files for each in found.files}["pod5"] == 1
    assert found.pores is not None
    assert (found.pores.occupancy, found.pores.efficacy, found.pores.peak_health) == (0.9, 0.9, 0.4)


def _no_reads(folder: Path) -> None:
    vintages.write(next(folder.glob("sequencing_summary*")), "minknow-24.11", [])


def _no_final(folder: Path) -> None:
    next(folder.glob("final_summary*")).unlink()


def _only_other(folder: Path) -> None:
    for path in folder.glob("*.*"):
        path.unlink()
    folder.rename(folder.with_name("run"))


def _nothing(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def _of_another_program(folder: Path) -> None:
    _nothing(folder)
    (folder / "sequencing_summary_1.txt").write_text("sample,lane,reads\nA,1,5\n")


@pytest.mark.parametrize(
    ("spoil", "now", "state", "sentence"),
    [
        (_nothing, None, "writing", "The folder has no files yet; it is read again when something in it has changed."),
        (_nothing, LATER_S, "unfinished", "The folder has no files, and nothing has changed for two hours."),
        (_of_another_program, None, "writing", "Nothing in it can be read as MinKNOW's yet"),
        (_of_another_program, LATER_S, "unfinished", "Nothing in it can be read as MinKNOW's, and nothing has"),
        (_no_reads, None, "empty", "The summary of this run has no reads."),
        (_no_final, None, "writing", "The run is still being written"),
        (_no_final, LATER_S, "unfinished", "There is no final summary, and nothing has changed for two hours"),
        (shutil.rmtree, None, "vanished", "The folder is not there"),
        (_only_other, None, "unreadable", "Nothing in this folder says which run it is of"),
    ],
)
def test_each_state_is_one_honest_sentence(
    tmp_path: Path, spoil: Callable[[Path], None], now: float | None, state: str, sentence: str
) -> None:
    folder = made.folder(tmp_path, READS)
    spoil(folder)
    renamed = folder.with_name("run")
    found = _read(renamed if renamed.exists() else folder, now=now)
    assert found.state == state
    assert found.sentence.startswith(sentence)


def test_a_folder_of_several_runs_is_none_of_them(tmp_path: Path) -> None:
    for number in (1, 2):
        made.folder(tmp_path, READS, protocol_run_id=f"{number}0000000-0000-4000-8000-000000000000")
    found = _read(tmp_path)
    assert (found.state, found.summary) == ("unreadable", None)
    assert found.sentence.startswith("This is a folder of 2 runs, not of one. Read each of them alone")


def test_a_summary_of_another_run_is_told(tmp_path: Path) -> None:
    folder = made.folder(
        tmp_path, READS, protocol_run_id="00000000-0000-4000-8000-000000000000", acquisition_run_id="b" * 40
    )
    assert "The sequencing summary is of another run than the final summary: none of its run ids is the same." in (
        _read(folder).problems
    )


def test_dorado_names_the_protocol_run_and_it_is_the_same_run(tmp_path: Path) -> None:
    found = _read(made.folder(tmp_path, READS, program="dorado-1.4"))
    assert found.problems == []
    assert found.ids.acquisition_run_ids == [ACQUISITION]


def test_files_that_are_missing_or_elsewhere_are_counted(tmp_path: Path) -> None:
    folder = made.folder(
        tmp_path, READS, pod5_files_in_final_dest="7", pod5_files_in_fallback="2", basecalling_enabled="0"
    )
    assert _read(folder).problems == [
        "The run was not basecalled while it went on; the summary is of a later basecalling.",
        "The final summary speaks of 7 pod5 files, and 1 is in the folder.",
        "MinKNOW wrote 2 pod5 files to its fallback folder, not here.",
    ]


def test_one_file_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    folder = made.folder(tmp_path, READS)
    report = folder / "report_PAX12345_20251009_0853_e4994c62.json"
    report.write_text('{"protocol_run_info": {')
    found = _read(folder)
    assert found.state == "complete"
    assert found.problems == [f"{report.name}: The report is no whole JSON: it is damaged, or still being written."]


def test_a_barcoding_summary_of_other_reads_is_not_joined(tmp_path: Path) -> None:
    folder = made.folder(tmp_path, READS, program="guppy-2")
    (folder / "barcoding_summary.txt").write_text("read_id\tbarcode_arrangement\nsomebody\tbarcode01\n")
    found = _read(folder)
    assert found.summary is not None
    assert found.summary.runs[0].barcodes == []
    assert "The barcoding summary is of other reads" in found.problems[0]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sequencing_summary_FAX1_a_b.txt.gz", "summary"),
        ("barcoding_summary.txt", "barcoding"),
        ("pbgl-linux-1_20220414_123926_AJF976_minion_duty_time.csv", "pore_activity"),
        ("host_20220414_throughput.csv", "throughput"),
        ("throughput_FAX1_a_b.csv", "throughput"),
        ("output_hash_FAX1_20251009_0853_e4994c62.csv", "output_hash"),
        ("a.pod5", "pod5"),
        ("a.bam.bai", "other"),
        ("a.fastq.gz", "fastq"),
        ("report_FAX1.html", "report_page"),
    ],
)
def test_files_are_known_by_their_names(name: str, kind: str) -> None:
    assert inventory.kind_of(name) == kind


@pytest.mark.parametrize(
    ("name", "position"),
    [
        ("20251009_0853_1C_PAX12345_e4994c62", "1C"),
        ("20251009_0853_P2S-01171-A_PAX12345_e4994c62", "P2S-01171-A"),
        ("20251009_0853_2-A7-D7_PAX12345_e4994c62", "2-A7-D7"),
        ("20251009_0853__FAX12345_e4994c62", ""),
        ("20251009_PAX12345", None),
    ],
)
def test_the_name_of_a_folder_is_understood_of_every_instrument(name: str, position: str | None) -> None:
    found = inventory.folder_name(Path(name))
    assert (found.position if found else None) == position


def test_a_final_summary_may_have_comments_and_say_things_twice(tmp_path: Path) -> None:
    path = tmp_path / "final_summary.txt"
    path.write_text(
        "# by hand\nflow_cell_id=OLD\nflow_cell_id=FAX1\nstarted=2021-03-10T21:51:17+03:00\nbasecalling_enabled=0\n"
    )
    found = finals.read(path)
    assert (found.flow_cell_id, found.doubled, found.basecalling) == ("FAX1", ["flow_cell_id"], False)
    assert found.started_at is not None
    assert found.started_at.isoformat() == "2021-03-10T21:51:17+03:00"
    path.write_text("nothing=here\n")
    with pytest.raises(Unreadable):
        finals.read(path)


def test_a_report_leaves_defaults_out_and_writes_long_numbers_as_texts(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    check: dict[str, object] = {"acquisition_run_info": {"run_id": "a" * 40}}
    last = {"acquisition_run_info": {"run_id": "b" * 40, "yield_summary": {"basecalled_pass_bases": "96400000000"}}}
    user = {
        "barcode_user_info": [
            {"barcode_name": "barcode01"},
            {"barcode_name": "barcode02", "type": "no_template_control"},
        ]
    }
    path.write_text(
        json.dumps({"protocol_run_info": {"run_id": "u", "user_info": user}, "acquisitions": [check, last]})
    )
    found = reports.read(path)
    assert (found.acquisition_run_id, found.pass_bases, found.fail_bases) == ("b" * 40, 96_400_000_000, None)
    assert [each.kind for each in found.barcodes] == ["test_sample", "no_template_control"]


def test_tables_have_commas_at_the_end_and_names_of_their_time(tmp_path: Path) -> None:
    path = tmp_path / "throughput.csv"
    path.write_text("Experiment Time (minutes),Reads,Basecalled Bases,Estimated Bases,\n0,1,0,406,\n1,8,90,5146,\n2,9")
    assert [(each.minute, each.bases) for each in tables.throughput(path)] == [(0, 406), (1, 90)]
    path.write_text("runid,file_hash,file_path,barcode\nr,,pod5\\a.pod5,\nr,AB,bam_pass/a.bam,barcode01\n")
    assert [(each.path, each.sha256) for each in tables.hashes(path)] == [("pod5/a.pod5", ""), ("bam_pass/a.bam", "ab")]
    with pytest.raises(Unreadable, match="has no column Channel State"):
        tables.pore_activity(path)
    path.write_bytes("﻿experiment_id,sample_id,barcode,alias\r\nE1,P1,barcode01,S1\r\n".encode())
    assert [(each.barcode, each.alias) for each in tables.sheet(path)] == [("barcode01", "S1")]


_COUNTED = "barcode_alignment_PAX12345_e4994c62_0f1d7e9e.tsv"


@pytest.mark.parametrize(
    ("text", "counted", "said"),
    [
        (
            "barcode_arrangement\tnum_reads\nbarcode01\t12\nunclassified\t-\n",
            [("barcode01", "", 12), ("unclassified", "", None)],
            "",
        ),
        (
            "\ufeffBarcode\talias\tread_count\ttarget_x\tq\r\nbarcode02\tS02\t7\tz\t1\r\n",
            [("barcode02", "S02", 7)],
            "columns that are not known: target_x, q.",
        ),
        ("what\tis\tthis\n1\t2\t3\n", [], "names none of the columns that are known"),
        ("", [], "names none of the columns that are known"),
    ],
)
def test_minknows_table_of_barcodes_is_read_as_far_as_its_columns_are_known(
    tmp_path: Path, text: str, counted: list[tuple[str, str, int | None]], said: str
) -> None:
    folder = made.folder(tmp_path, vintages.draw(5))
    (folder / _COUNTED).write_bytes(text.encode())
    found = folders.read(folder, Cache(tmp_path / "cache"))
    assert [(each.barcode, each.alias, each.reads) for each in found.counted] == counted
    assert [said in problem for problem in found.problems] == ([True] if said else [])


def test_speed_and_temperature_are_read_where_minknow_wrote_them(tmp_path: Path) -> None:
    folder = made.folder(tmp_path, vintages.draw(5))
    (folder / "other_reports").mkdir()
    (folder / "other_reports" / "temperature_adjust_data_PAX12345_e4994c62_0f1d7e9e.csv").write_text(
        "acquisition_duration,current_target_temperature,num_reads,current_speed,new_target_temperature\n"
        "1800,34.0,12,,\n3600,34.0,900,385.5,34.48\nbroken,34,1,1,\n"
    )
    found = folders.read(folder, Cache(tmp_path / "cache"))
    said = [(each.hour, each.target_c, each.speed_bases_per_s, each.new_c) for each in found.temperatures]
    assert said == [(0.5, 34.0, None, None), (1.0, 34.0, 385.5, 34.48)]
    assert found.problems == []
