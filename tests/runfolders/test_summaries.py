"""Summaries of every vintage are read alike, and what is wrong with one is said and costs nothing else."""

import gzip
import math
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nanopore_tracking.runfolders.figures import SummaryFigures, Unreadable
from nanopore_tracking.runfolders.summaries import Cache
from tests.runfolders import vintages
from tests.runfolders.vintages import ACQUISITION, PROTOCOL_RUN, Read

READS = vintages.draw(2000)
JUDGED = [name for name, columns in vintages.COLUMNS.items() if "passes_filtering" in columns]
BARCODED = [name for name, columns in vintages.COLUMNS.items() if "barcode" in columns]


def _read(tmp_path: Path, data: str | bytes, name: str = "sequencing_summary.txt") -> SummaryFigures:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return Cache(tmp_path / "cache").read(path)


@pytest.mark.parametrize("program", [name for name in vintages.COLUMNS if name != "minknow-raw"])
def test_every_vintage_says_the_same_of_the_same_reads(tmp_path: Path, program: str) -> None:
    found = _read(tmp_path, vintages.text(program, READS))
    whole = found.whole
    lengths = [read.length for read in READS]
    assert (whole.reads, whole.bases) == (len(READS), sum(lengths))
    assert whole.n50_bases == vintages.half(lengths)
    assert whole.median_length_bases == sorted(lengths, reverse=True)[len(lengths) // 2 - 1]
    assert whole.max_length_bases == max(lengths)
    errors = statistics.fmean(10 ** (-read.q / 10) for read in READS)
    assert whole.mean_q == pytest.approx(-10 * math.log10(errors), abs=0.001)
    assert whole.median_q == pytest.approx(statistics.median(read.q for read in READS), abs=0.06)
    assert (found.told.odd_rows, found.told.notes) == (0, [])
    assert [run.run_id for run in found.runs] == [PROTOCOL_RUN if program.startswith("dorado") else ACQUISITION]


@pytest.mark.parametrize("true", ["TRUE", "True"])
@pytest.mark.parametrize("program", JUDGED)
def test_a_read_passes_as_the_basecaller_judged(tmp_path: Path, program: str, true: str) -> None:
    whole = _read(tmp_path, vintages.text(program, READS, true=true)).whole
    passed = [read.length for read in READS if read.passed]
    assert (whole.pass_reads, whole.pass_bases) == (len(passed), sum(passed))
    assert (whole.fail_reads, whole.unjudged_reads) == (len(READS) - len(passed), 0)


def test_where_nobody_judged_no_read_passes_or_fails(tmp_path: Path) -> None:
    whole = _read(tmp_path, vintages.text("dorado-1.0", READS)).whole
    assert (whole.pass_reads, whole.fail_reads, whole.unjudged_reads) == (0, 0, len(READS))


@pytest.mark.parametrize("program", BARCODED)
def test_barcodes_are_exact_one_by_one(tmp_path: Path, program: str) -> None:
    (run,) = _read(tmp_path, vintages.text(program, READS)).runs
    assert [each.barcode for each in run.barcodes] == ["barcode01", "barcode02", "barcode03", "unclassified"]
    for each in run.barcodes:
        lengths = [read.length for read in READS if read.barcode == each.barcode]
        assert (each.part.reads, each.part.bases) == (len(lengths), sum(lengths))
        assert each.part.n50_bases == vintages.half(lengths)
    unclassified = sum(read.length for read in READS if read.barcode == "unclassified")
    assert run.unclassified_share == pytest.approx(unclassified / sum(read.length for read in READS), abs=1e-5)


def test_time_channels_and_distributions_add_up(tmp_path: Path) -> None:
    (run,) = _read(tmp_path, vintages.text("minknow-24.11", READS)).runs
    bases = sum(read.length for read in READS)
    for parts in (run.times, run.channels, run.ends):
        assert sum(part.bases for part in parts) == bases
    for bins in (run.lengths, run.qualities):
        assert sum(part.pass_bases + part.other_bases for part in bins) == bases
    first = [read for read in READS if read.start_s < 600]
    assert (run.times[0].reads, run.times[0].channels) == (len(first), len({read.channel for read in first}))
    assert run.channels_seen == len({read.channel for read in READS})
    assert run.speed_bases_per_s == pytest.approx(400, abs=1)
    assert run.t90_h == pytest.approx(1.8, abs=0.2)


def test_a_run_without_basecalling_has_reads_and_nothing_else(tmp_path: Path) -> None:
    found = _read(tmp_path, vintages.text("minknow-raw", READS))
    assert (found.whole.reads, found.whole.bases, found.whole.n50_bases, found.whole.mean_q) == (2000, 0, None, None)
    assert found.told.notes == ["The run was not basecalled: the summary has no lengths and no qualities."]


def test_packed_and_with_the_line_ends_of_another_system_it_is_the_same(tmp_path: Path) -> None:
    plain = _read(tmp_path, vintages.text("guppy-2", READS), "a.txt")
    foreign = vintages.text("guppy-2", READS, end="\r\n").encode()
    packed = gzip.compress(foreign[:30_000]) + gzip.compress(foreign[30_000:])
    assert _read(tmp_path, packed, "b.txt.gz") == plain


def test_joined_files_are_one_by_one_header_even_of_two_programs(tmp_path: Path) -> None:
    one, two, three = READS[:700], READS[700:1500], READS[1500:]
    joined = vintages.text("guppy-2", one) + vintages.text("guppy-2", two) + vintages.text("dorado-1.4", three)
    found = _read(tmp_path, joined)
    assert (found.whole.reads, found.whole.bases) == (2000, sum(read.length for read in READS))
    assert found.told.repeated_headers == 2
    assert [run.run_id for run in found.runs] == [ACQUISITION, PROTOCOL_RUN]


def _short(line: str) -> str:
    return line.rpartition("\t")[0]


def _long(line: str) -> str:
    return f"{line}\tmore"


def _worded(line: str) -> str:
    return line.replace("\t1\t", "\tone\t", 1)


@pytest.mark.parametrize(
    ("spoilt", "why"), [(_short, "cells instead of"), (_long, "cells instead of"), (_worded, "mux is 'one'")]
)
def test_a_line_that_does_not_fit_is_put_aside_alone(tmp_path: Path, spoilt: Callable[[str], str], why: str) -> None:
    lines = list(vintages.lines("guppy-2", READS))
    lines[5] = spoilt(lines[5])
    # Two lines of which one is short and one is long have as many cells as two good ones.
    found = _read(tmp_path, "\n".join(lines) + "\n\n")
    assert (found.told.rows, found.told.odd_rows, found.told.odd[0].line) == (1999, 1, 6)
    assert why in found.told.odd[0].why
    assert found.whole.bases == sum(read.length for read in READS) - READS[4].length


def test_a_short_and_a_long_line_do_not_make_up_for_each_other(tmp_path: Path) -> None:
    lines = list(vintages.lines("guppy-2", READS))
    lines[5], lines[6] = _short(lines[5]), _long(lines[6])
    assert _read(tmp_path, "\n".join(lines) + "\n").told.odd_rows == 2


@pytest.mark.parametrize(("kept_cells", "rows"), [(9, 1999), (16, 2000)])
def test_a_last_line_that_is_cut_counts_only_with_all_that_counts(tmp_path: Path, kept_cells: int, rows: int) -> None:
    lines = list(vintages.lines("guppy-2", READS))
    lines[-1] = "\t".join(lines[-1].split("\t")[: kept_cells + 1])
    found = _read(tmp_path, "\n".join(lines))
    assert (found.whole.reads, found.told.odd_rows) == (rows, 2000 - rows)
    assert found.told.notes[0].startswith("The last line is cut off")


def test_a_packed_file_that_is_cut_off_is_read_up_to_there(tmp_path: Path) -> None:
    packed = gzip.compress(vintages.text("guppy-2", READS).encode())
    found = _read(tmp_path, packed[: len(packed) // 2], "cut.txt.gz")
    assert 500 < found.whole.reads < 1500
    assert "The packed file ends before its data do; what stands before that was read." in found.told.notes


def test_what_is_not_known_is_not_zero(tmp_path: Path) -> None:
    line = list(vintages.lines("dorado-1.4", READS[:2]))
    cells = line[1].split("\t")
    for name, value in (("mean_qscore_template", "-1"), ("sequence_length_template", "unknown")):
        cells[vintages.COLUMNS["dorado-1.4"].split().index(name)] = value
    found = _read(tmp_path, "\n".join([line[0], "\t".join(cells), line[2]]) + "\n")
    assert (found.whole.reads, found.whole.empty_reads, found.told.odd_rows) == (2, 1, 0)
    assert found.whole.mean_q == pytest.approx(READS[1].q, abs=0.001)


def test_an_alias_without_a_barcode_is_seen_and_counts_as_the_alias_says(tmp_path: Path) -> None:
    text = vintages.text("minknow-24.11", READS).replace("\tS02\t-\tbarcode02", "\tS02\t-\tunclassified")
    (run,) = _read(tmp_path, text).runs
    lost = [read for read in READS if read.barcode == "barcode02"]
    assert run.contradictions == len(lost)
    assert {each.alias: each.part.reads for each in run.barcodes}["S02"] == len(lost)
    unclassified = sum(read.length for read in READS if read.barcode == "unclassified")
    assert run.unclassified_share == pytest.approx(unclassified / sum(read.length for read in READS), abs=1e-5)


def test_barcodes_beside_the_summary_are_joined_by_read(tmp_path: Path) -> None:
    summary = vintages.write(tmp_path / "sequencing_summary.txt", "guppy-2", READS)
    barcoding = tmp_path / "barcoding_summary.txt"
    named: list[Read] = sorted(READS[10:], key=lambda read: read.read_id)
    rows = [f"{read.read_id}\t{read.barcode}\tNB" for read in named]
    barcoding.write_text("\n".join(["read_id\tbarcode_arrangement\tbarcode_kit", *rows]) + "\n")
    found = Cache(tmp_path / "cache").read(summary, barcoding)
    reads = {each.barcode: each.part.reads for each in found.runs[0].barcodes}
    assert reads["barcode01"] == sum(read.barcode == "barcode01" for read in named)
    assert sum(reads.values()) == len(READS)
    assert found.told.notes == ["The barcoding summary says nothing of 10 reads; they count as unclassified."]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty"),
        (b"read_id\tbarcode_arrangement\n", "The file is a barcoding summary"),
        (b"Metrics\tdataset\nnumber_of_reads\t12\n", "does not name the columns read_id, channel, start_time"),
        (b"@read1 ch=1\nACGT\n+\n!!!!\n", "The file holds sequences"),
        (b"read_id,channel,start_time\n", "commas between its cells"),
        (b'{"host": {}}\n', "The file is JSON"),
        (b"\x28\xb5\x2f\xfd data", "The file is zstd"),
        (b"\0r\0e\0a\0d", "not plain text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "a workbook of a spreadsheet"),
        (b"\x1f\x8b\x08\0", "Nothing of the file can be read. The packed file ends before its data do"),
        (b"<!DOCTYPE html>\n", "The file is a page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
        (b"read_id;channel;start_time\n", "semicolons between its cells"),
        (b"read_id channel start_time\n", "blanks between its cells"),
        (b"read_id\tchannel\tstart_time\rone\t1\t2\r", "carriage returns alone"),
        (b"a.pod5\t0029e119-bab3-4c00-8835-2deaaef3266d\t1\t2\n", "The file has no header"),
        (b"read_id\tbarcode\tfilename\n", "The file is a barcoding summary"),
        (b"read_id\tchannel\tsequence_length_template\tbarcode\n", "does not name the column start_time"),
        (b"read_id\tchannel\tstart_time\tchannel\n", "has the column channel more than once"),
        (b"filename1\tread_id1\tread_id2\n", "1D²"),
        (b"x" * 2_000_000, "first line does not end"),
    ],
)
def test_another_file_is_refused_with_a_sentence(tmp_path: Path, data: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        _read(tmp_path, data)
    assert list((tmp_path / "cache").iterdir()) == []


def test_what_was_read_is_looked_up_until_the_file_changes(tmp_path: Path) -> None:
    path = vintages.write(tmp_path / "sequencing_summary.txt", "guppy-2", READS[:100])
    cache = Cache(tmp_path / "cache")
    first = cache.read(path)
    (kept,) = cache.columns(path)
    before = kept.stat().st_mtime_ns
    assert (cache.read(path), kept.stat().st_mtime_ns) == (first, before)
    vintages.write(path, "guppy-2", READS)
    assert cache.read(path).whole.reads == len(READS)


def test_a_cache_that_was_damaged_is_made_again(tmp_path: Path) -> None:
    path = vintages.write(tmp_path / "sequencing_summary.txt", "guppy-2", READS[:100])
    cache = Cache(tmp_path / "cache")
    first = cache.read(path)
    next((tmp_path / "cache").rglob("figures.json")).write_bytes(b"{")
    assert cache.read(path) == first


def test_what_was_read_longest_ago_goes_where_there_is_too_much(tmp_path: Path) -> None:
    paths = [vintages.write(tmp_path / f"sequencing_summary_{n}.txt", "guppy-2", READS[:50]) for n in range(3)]
    cache = Cache(tmp_path / "cache", most_bytes=1)
    left_behind = tmp_path / "cache" / "draft-of-a-killed-process"
    left_behind.mkdir(parents=True)
    os.utime(left_behind, (0, 0))
    for path in paths:
        cache.read(path)
    assert [bool(cache.columns(path)) for path in paths] == [False, False, True]
    assert not left_behind.exists()


def test_no_service_loads_what_reads_run_folders() -> None:
    program = "import sys, nanopore_tracking.registry, nanopore_tracking.process; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
