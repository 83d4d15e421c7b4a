"""Summaries that other programs have written again, joined, packed or sorted: the same reads, or a sentence."""

import bz2
import gzip
import lzma
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from nanopore_tracking.runfolders.figures import SummaryFigures, Unreadable
from nanopore_tracking.runfolders.summaries import Cache
from tests.runfolders import vintages

READS = vintages.draw(400)
PROGRAM = "minknow-24.11"
NAMES = vintages.COLUMNS[PROGRAM].split()
TEXT = vintages.text(PROGRAM, READS)
_Cell = Callable[[str], str]


def _read(tmp_path: Path, data: str | bytes) -> SummaryFigures:
    path = tmp_path / "sequencing_summary.txt"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return Cache(tmp_path / "cache").read(path)


def _each(text: str, change: _Cell, *columns: str) -> str:
    """Return a summary with each cell of some columns changed, the header apart; of all columns where none is named."""
    header, *rows = text.splitlines()
    places = {NAMES.index(name) for name in columns} or set(range(len(NAMES)))
    changed = [
        "\t".join(change(cell) if place in places else cell for place, cell in enumerate(row.split("\t")))
        for row in rows
    ]
    return "\n".join([header, *changed]) + "\n"


@pytest.mark.parametrize("program", list(vintages.COLUMNS))
def test_the_order_of_columns_says_nothing(tmp_path: Path, program: str) -> None:
    rows = [line.split("\t") for line in vintages.lines(program, READS)]
    first = _read(tmp_path, vintages.text(program, READS))
    order = list(range(len(rows[0])))
    for seed in range(3):
        random.Random(seed).shuffle(order)
        text = "\n".join("\t".join(row[place] for place in order) for row in rows) + "\n"
        found = _read(tmp_path, text)
        assert (found.whole, found.runs, found.told.vintage) == (first.whole, first.runs, first.told.vintage)
        assert (found.told.odd_rows, found.told.notes) == (0, first.told.notes)


SAME: dict[str, str | bytes] = {
    "with a mark": "\ufeff" + TEXT,
    "lines of Windows": TEXT.replace("\n", "\r\n"),
    "UTF-16 of a shell of Windows": TEXT.replace("\n", "\r\n").encode("utf-16"),
    "comments and empty lines first": "\n# joined by hand\n\n" + TEXT,
    "all cells quoted": '"' + TEXT.rstrip("\n").replace("\t", '"\t"').replace("\n", '"\n"') + '"\n',
    "a tab at each end": TEXT.replace("\n", "\t\n"),
    "blanks around cells": _each(TEXT, lambda cell: f" {cell} "),
    "numbers with exponents": _each(TEXT, lambda cell: f"{float(cell):.9e}", "start_time", "sequence_length_template"),
    "counts with a point": _each(TEXT, lambda cell: f"{cell}.0", "channel", "mux", "sequence_length_template"),
    "judged in one letter": _each(TEXT, lambda cell: cell[0], "passes_filtering"),
    "judged in a word": _each(TEXT, {"TRUE": "pass", "FALSE": "fail"}.__getitem__, "passes_filtering"),
    "a column of numbers first": "\n".join(f"{n or ''}\t{line}" for n, line in enumerate(TEXT.splitlines())) + "\n",
    "bzip2 in two parts": bz2.compress(TEXT[:9_001].encode()) + bz2.compress(TEXT[9_001:].encode()),
    "xz in two parts": lzma.compress(TEXT[:9_001].encode()) + lzma.compress(TEXT[9_001:].encode()) + b"\0" * 4,
    "gzip line by line": b"".join(gzip.compress(line.encode()) for line in TEXT.splitlines(keepends=True)),
}


@pytest.mark.parametrize("way", list(SAME))
def test_the_same_reads_written_in_another_way_are_the_same(tmp_path: Path, way: str) -> None:
    first, found = _read(tmp_path, TEXT), _read(tmp_path, SAME[way])
    assert (found.whole, found.runs) == (first.whole, first.runs)
    assert (found.told.odd_rows, found.told.notes) == (0, [])


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress], ids=["bzip2", "xz"])
def test_what_is_packed_and_cut_off_is_read_up_to_there(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    whole = b"".join(pack(part.encode()) for part in (TEXT[:30_000], TEXT[30_000:]))
    found = _read(tmp_path, whole[:-50])
    assert 0 < found.whole.reads <= len(READS)
    assert "The packed file ends before its data do; what stands before that was read." in found.told.notes


@pytest.mark.parametrize("word", ["NaN", "nan", "inf", "NULL", "None", "NA", "-1", "0.0", ""])
def test_a_quality_that_is_none_is_not_known(tmp_path: Path, word: str) -> None:
    first, *rest = TEXT.splitlines()[1:]
    cells = first.split("\t")
    cells[NAMES.index("mean_qscore_template")] = word
    found = _read(tmp_path, "\n".join([TEXT.splitlines()[0], "\t".join(cells), *rest]) + "\n")
    kept = _read(tmp_path, "\n".join([TEXT.splitlines()[0], *rest]) + "\n").whole
    assert (found.whole.reads, found.told.odd_rows) == (len(READS), 0)
    assert found.whole.mean_q == kept.mean_q
    assert sum(part.pass_reads + part.other_reads for part in found.runs[0].qualities) == len(READS) - 1


def test_where_no_line_can_be_read_it_is_no_run_without_reads(tmp_path: Path) -> None:
    commas = _each(TEXT, lambda cell: cell.replace(".", ","), "start_time")
    with pytest.raises(Unreadable, match=r"No line .* Line 2: start_time is '\d+,\d+', .* comma in it\.$"):
        _read(tmp_path, commas)


def _without(*columns: str) -> str:
    kept = [place for place, name in enumerate(NAMES) if name not in columns]
    return "".join("\t".join(line.split("\t")[place] for place in kept) + "\n" for line in TEXT.splitlines())


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            _each(TEXT, {"TRUE": "good", "FALSE": "FALSE"}.__getitem__, "passes_filtering"),
            "passes_filtering says 'good'",
        ),
        (_each(TEXT, lambda _: "-", "run_id"), "400 reads do not say of which run they are"),
        (_without("run_id"), "it has no column run_id"),
        (_without("mean_qscore_template"), "it has no column mean_qscore_template"),
        (_each(TEXT, lambda cell: f"{float(cell) + 1.6e9}", "start_time"), "start_time is not in seconds of it"),
        (_each(TEXT, lambda cell: f"{cell};{cell}", "read_id"), "400 reads are of both strands of a molecule"),
        (_each(TEXT, lambda _: "0", "mean_qscore_template"), "400 reads with bases have the quality 0"),
        (TEXT + TEXT, "the same reads may count twice"),
        (TEXT.rstrip("\n") + TEXT, "the same reads may count twice"),
    ],
    ids=["judged", "no run id", "no run ids", "no qualities", "clock", "duplex", "zero", "twice", "glued"],
)
def test_what_a_person_should_know_of_the_reads_is_said(tmp_path: Path, text: str, note: str) -> None:
    found = _read(tmp_path, text)
    assert note in " ".join(found.told.notes)
    assert found.whole.reads in (len(READS), 2 * len(READS))
    assert {run.run_id for run in found.runs} <= {vintages.ACQUISITION, ""}


def test_two_programs_joined_without_a_line_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="In line 401 a read and the header of another program's file stand together"):
        _read(tmp_path, TEXT.rstrip("\n") + vintages.text("guppy-2", READS))


def test_files_that_were_joined_and_begin_otherwise_count_once_each(tmp_path: Path) -> None:
    found = _read(tmp_path, vintages.text(PROGRAM, READS[:200]) + vintages.text(PROGRAM, READS[200:]))
    assert found.told.notes == ["The header comes again once; several files were joined."]
    assert found.whole == _read(tmp_path, TEXT).whole


def test_a_barcode_that_only_the_alias_says_is_that_barcode(tmp_path: Path) -> None:
    """Dorado 2.1 writes `unclassified` into barcode_arrangement and the barcode into alias (dorado#1621)."""
    arrangement, alias = NAMES.index("barcode_arrangement"), NAMES.index("alias")
    rows = [line.split("\t") for line in TEXT.splitlines()[1:]]
    for row in rows:
        row[alias], row[arrangement] = row[arrangement], "unclassified"
    found = _read(tmp_path, "\n".join(["\t".join(NAMES), *("\t".join(row) for row in rows)]) + "\n")
    (run,), (first,) = found.runs, _read(tmp_path, TEXT).runs
    assert [(each.barcode, each.part) for each in run.barcodes] == [
        (each.barcode, each.part) for each in first.barcodes
    ]
    assert (run.contradictions, run.unclassified_share) == (0, first.unclassified_share)
    named = sum(read.barcode != "unclassified" for read in READS)
    assert found.told.notes[0].startswith(f"{named} reads are unclassified by barcode_arrangement")


def test_a_name_that_is_too_long_to_send_is_shortened(tmp_path: Path) -> None:
    found = _read(tmp_path, _each(TEXT, lambda cell: cell * 100, "alias", "barcode_arrangement", "run_id"))
    (run,) = found.runs
    assert {len(run.run_id), *(len(each.alias) for each in run.barcodes)} == {200}
