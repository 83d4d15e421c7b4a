"""The small files of a run as other programs, systems and years have written them."""

import json
from pathlib import Path

import pytest

from nanopore_tracking.runfolders import finals, folders, inventory, reports, tables
from nanopore_tracking.runfolders.figures import Unreadable
from nanopore_tracking.runfolders.summaries import Cache
from tests.runfolders import made, vintages

READS = vintages.draw(60)
_ROWS = "".join(f"{read.read_id}\t{read.barcode}\n" for read in READS)
_DEMUX = "filename\tread_id\tbarcode\n" + "".join(
    f"calls.bam\t{read.read_id}\tSQK-NBD114-24_{read.barcode}\n" for read in READS
)


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        (f"read_id\tbarcode_arrangement\n{_ROWS}", ""),
        (f"read_id\tbarcode_arrangement\n{_ROWS}".replace("\n", "\r\n"), ""),
        (f"read_id\tbarcode_arrangement\tkit\n{_ROWS}".replace("\n", "\t\n"), ""),
        (f"read_id\tbarcode_arrangement\n{_ROWS}{_ROWS.splitlines()[0]}\tmore\tand more\n", ""),
        (f"read_id\tbarcode_arrangement\nread_id\tbarcode_arrangement\n{_ROWS}", ""),
        (_DEMUX, "SQK-NBD114-24_"),
    ],
    ids=["plain", "Windows", "empty last column", "a long line", "header twice", "dorado demux"],
)
def test_a_barcoding_summary_is_joined_whoever_wrote_it(tmp_path: Path, text: str, prefix: str) -> None:
    folder = made.folder(tmp_path, READS, program="guppy-2")
    (folder / "barcoding_summary.txt").write_bytes(text.encode())
    found = folders.read(folder, Cache(tmp_path / "cache"))
    assert found.problems == []
    assert found.summary is not None
    counted = {each.barcode: each.part.reads for each in found.summary.runs[0].barcodes}
    expected = [prefix + read.barcode for read in READS]
    assert counted == {name: expected.count(name) for name in set(expected)}


def test_barcoding_summaries_of_what_passed_and_what_failed_are_joined_both(tmp_path: Path) -> None:
    folder = made.folder(tmp_path, READS, program="guppy-2")
    rows = _ROWS.splitlines(keepends=True)
    for name, mine in (("pass", rows[:40]), ("fail", rows[40:]), ("again", rows[5:30])):
        path = folder / f"barcoding_summary_{name}.txt"
        path.write_text("read_id\tbarcode_arrangement\n" + "".join(mine))
    found = folders.read(folder, Cache(tmp_path / "cache"))
    assert found.summary is not None
    counted = {each.barcode: each.part.reads for each in found.summary.runs[0].barcodes}
    barcodes = [read.barcode for read in READS]
    assert counted == {name: barcodes.count(name) for name in set(barcodes)}
    said = "barcoding_summary_again.txt names the same reads as barcoding_summary_pass.txt, which counts."
    assert found.problems == [said]


def test_a_barcode_that_is_cut_off_is_not_another_barcode(tmp_path: Path) -> None:
    folder = made.folder(tmp_path, READS, program="guppy-2")
    (folder / "barcoding_summary.txt").write_text(f"read_id\tbarcode_arrangement\n{_ROWS}"[:-4])
    found = folders.read(folder, Cache(tmp_path / "cache")).summary
    assert found is not None
    assert {each.barcode for each in found.runs[0].barcodes} <= {read.barcode for read in READS} | {"unclassified"}
    assert "1 line of the barcoding summary does not fit its header and was put aside." in found.told.notes


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("calls.tsv", vintages.text("dorado-0.3", READS), "summary"),
        ("summary.txt", vintages.text("dorado-1.4", READS), "summary"),
        ("demuxed.txt", _DEMUX, "barcoding"),
        ("summary.tsv", "sample\treads\nS1\t12\n", "other"),
        ("notes.txt", "read_id, channel and start_time are what counts\n", "other"),
        ("sequencing_summary_FAX1.txt.xz", "", "summary"),
        ("sequencing_summary_FAX1.txt.zst", "", "summary"),
        ("sequencing_summary.xlsx", "", "summary"),
        ("run1_barcoding_summary.tsv.bz2", "", "barcoding"),
        ("report_FAX1_20200101_1200_00000000.md", "", "report_text"),
        ("qbic_final_summary_.txt", "", "final_summary"),
    ],
)
def test_a_file_is_what_its_name_says_else_what_it_holds(tmp_path: Path, name: str, text: str, kind: str) -> None:
    (tmp_path / name).write_text(text)
    assert [each.kind for each in inventory.take(tmp_path).kinds] == [kind]
    assert inventory.is_run_folder(tmp_path) == (
        kind in ("summary", "final_summary", "report_text") and name != "calls.tsv"
    )


def test_a_run_whose_summary_cannot_be_read_is_not_one_without_reads(tmp_path: Path) -> None:
    folder = made.folder(tmp_path, READS)
    summary = next(folder.glob("sequencing_summary*"))
    summary.write_text(summary.read_text().replace("\t", ","))
    found = folders.read(folder, Cache(tmp_path / "cache"))
    assert (found.state, found.sentence) == (
        "complete",
        "The run is complete; its summary cannot be read, so its reads are not known.",
    )
    assert found.problems[0].startswith(f"{summary.name}: The file has commas between its cells")


_TRACKING = {
    "device_id": "1-E9-H9",
    "flow_cell_id": "PAE00000",
    "flow_cell_product_code": "FLO-PRO002",
    "hostname": "PCT0000",
    "distribution_version": "19.12.5",
    "protocol_group_id": "EXP_7",
    "protocol_run_id": "",
    "run_id": vintages.ACQUISITION,
    "sample_id": "pool_7",
}


def test_the_report_as_text_says_which_run_it_is(tmp_path: Path) -> None:
    head = f"Tracking ID\n===========\n\n{json.dumps(_TRACKING, indent=4)}\n\nDuty Time\n=========\n"
    (tmp_path / "report_.md").write_text(f"{head}\nChannel State,Experiment Time (minutes),State Time (samples),\n")
    ids = folders.read(tmp_path, Cache(tmp_path / "cache")).ids
    assert (ids.experiment_id, ids.sample_id, ids.flow_cell_id) == ("EXP_7", "pool_7", "PAE00000")
    assert (ids.instrument, ids.acquisition_run_ids) == ("PCT0000", [vintages.ACQUISITION])


_HAC = "dna_r10.4.1_e8.2_400bps_hac@v4.3.0"
_SETTINGS = "dna_r10.4.1_e8.2_400bps_5khz_modbases_5hmc_5mc_cg_hac.cfg"


@pytest.mark.parametrize(
    ("config", "args", "model"),
    [
        ({"basecalling_model_names": {"simplex_model": _HAC}, "basecalling_model_version": _HAC}, [], _HAC),
        ({"basecalling_config_filename": _SETTINGS, "basecalling_model_version": _HAC}, [], _HAC),
        ({"basecalling_config_filename": _SETTINGS}, [f"simplex_model={_HAC}"], _HAC),
        ({"basecalling_config_filename": _SETTINGS}, [], _SETTINGS),
        ({}, [f"--guppy_filename={_SETTINGS}"], _SETTINGS),
        ({}, [], ""),
    ],
    ids=["25", "24", "by its arguments", "23", "22", "not said"],
)
def test_a_report_of_each_year_says_the_model(
    tmp_path: Path, config: dict[str, object], args: list[str], model: str
) -> None:
    path = tmp_path / "report.json"
    sequencing = {"run_id": "b" * 40, "config_summary": {"purpose": "SEQUENCING", **config}}
    runs = [{"acquisition_run_info": run} for run in ({"run_id": "a" * 40}, sequencing, {"run_id": "c" * 40})]
    typed = {"user_specified_flow_cell_id": "FAX1"}
    path.write_text(
        json.dumps({"protocol_run_info": {"args": args, "user_info": typed, "flow_cell": {}}, "acquisitions": runs})
    )
    found = reports.read(path)
    assert (found.model, found.acquisition_run_id, found.flow_cell_id) == (model, "b" * 40, "FAX1")


@pytest.mark.parametrize("text", ["", "# Report\n", "Tracking ID\n{", '{"name": "another"}'])
def test_a_text_that_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "report.md"
    path.write_text(text)
    with pytest.raises(Unreadable, match="names neither the flow cell nor the run"):
        reports.read_text(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_text_with_a_mark_is_read_as_it_is_marked(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "final_summary.txt"
    path.write_bytes("flow_cell_id=FAX1\r\nsample_id=Zürich\r\n".encode(encoding))
    assert (finals.read(path).flow_cell_id, finals.read(path).sample_id) == ("FAX1", "Zürich")
    path.write_bytes("experiment_id,sample_id\r\nE1,Zürich\r\n".encode(encoding))
    assert [row.sample_id for row in tables.sheet(path)] == ["Zürich"]


def test_a_final_summary_without_a_word_says_so(tmp_path: Path) -> None:
    path = tmp_path / "final_summary.txt"
    path.write_text("\n")
    with pytest.raises(Unreadable, match="The final summary is empty"):
        finals.read(path)


def test_a_sheet_with_other_separators_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "sample_sheet.csv"
    path.write_text("experiment_id;sample_id\nE1;P1\n")
    with pytest.raises(Unreadable, match="save it as CSV with commas"):
        tables.sheet(path)


def test_counts_that_a_program_for_tables_wrote_are_counts(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(
        "Channel State,Experiment Time (minutes),State Time (samples)\nstrand,0,9.0e+02\npore,0.0,100.0\nzero,0,nan\n"
    )
    assert tables.pore_activity(path).occupancy == 0.9
    path.write_text("Experiment Time (minutes),Reads,Estimated Bases\n1.0,2.0,1.5e+09\n2,x,1\n")
    assert [(each.minute, each.reads, each.bases) for each in tables.throughput(path)] == [(1, 2, 1_500_000_000)]
