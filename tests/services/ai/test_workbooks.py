"""Workbooks are read without believing formulas, joined cells and dates; hostile ones are contained."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from nanopore_tracking.kernel import sandbox
from nanopore_tracking.kernel.sandbox import Limits, Stopped
from nanopore_tracking.services.ai.columns.model import Known
from nanopore_tracking.services.ai.grids.model import Refused
from nanopore_tracking.services.ai.manifests.model import Message, Options, Refusal
from nanopore_tracking.services.ai.workbooks import model as workbooks
from tests.services.ai import corpus
from tests.services.ai.reading import Outcome, read

READER = "nanopore_tracking.services.ai.manifests.model:read_manifest"


def _read(content: bytes, **asked: Any) -> Outcome:
    return read(content, "xlsx", **asked)


def test_a_workbook_says_the_same_as_a_text() -> None:
    assert _read(corpus.manifest_xlsx()).values == read(corpus.manifest_csv()).values


def test_names_that_are_numbers_stay_as_they_are_shown() -> None:
    outcome = _read(corpus.manifest_xlsx([(1, 50, 48.5), (2, 45, 0.1 + 0.2)]))

    assert [row["sample_name"] for row in outcome.values] == ["1", "2"]
    assert outcome.cell("qubit_ng_per_ul", 2).raw == "0.3"


def test_the_result_of_a_formula_is_read_and_marked() -> None:
    outcome = _read(corpus.with_formulas(calculated=True))

    assert outcome.cell("volume_ul").value == 50
    assert "formula" in (outcome.cell("volume_ul").note or "")
    assert outcome.cell("qubit_ng_per_ul").state == "needs_review"
    assert outcome.cell("qubit_ng_per_ul").value is None
    assert outcome.cell("qubit_ng_per_ul").raw == "#DIV/0!"
    assert outcome.cell("nanodrop_ng_per_ul").note is None


def test_a_formula_without_a_result_is_not_blank() -> None:
    cell = _read(corpus.with_formulas(calculated=False)).cell("volume_ul")

    assert (cell.value, cell.state) == (None, "needs_review")


def test_formulas_of_a_program_that_does_not_calculate_are_not_believed() -> None:
    content = corpus.rezipped(
        corpus.with_formulas(calculated=True), {"xl/workbook.xml": (b"<calcPr", b'<calcPr fullCalcOnLoad="1"')}
    )
    outcome = _read(content)

    assert outcome.cell("volume_ul").state == "needs_review"
    assert any("did not calculate" in note for note in outcome.found.notes)


def test_joined_cells_are_shown_for_each_row_and_decided_by_a_person() -> None:
    outcome = _read(corpus.merged())

    assert outcome.found.header_row == 2
    assert {each.column: each.field for each in outcome.found.columns} == {
        "A": "sample_name",
        "B": "volume_ul",
        "C": "qubit_ng_per_ul",
        "D": "nanodrop_ng_per_ul",
        "E": "organism",
    }
    organisms = [outcome.cell("organism", row) for row in (1, 2, 3)]
    assert {(cell.value, cell.state) for cell in organisms} == {("Exampella testii", "needs_review")}
    assert outcome.cell("qubit_ng_per_ul").value == 48.5


def test_a_date_is_never_a_number_or_a_name() -> None:
    outcome = _read(corpus.with_dates())

    assert (outcome.cell("sample_name").value, outcome.cell("sample_name").raw) == (None, "2026-03-01")
    assert (outcome.cell("a260_a280").value, outcome.cell("a260_a280").state) == (None, "needs_review")


def test_the_sheet_with_the_most_known_headings_is_read() -> None:
    tables: dict[str, Sequence[Sequence[Any]]] = {
        "Instructions": [("Read this first",), ("Sample name is required",)],
        "Plate 1": [corpus.HEADINGS, *corpus.ROWS],
        "Plate 2": [corpus.HEADINGS[:3], *corpus.ROWS],
        "Old": [(*corpus.HEADINGS, "Organism"), *corpus.ROWS],
    }
    content = corpus.workbook(tables, hidden=["Old"])
    outcome = _read(content)

    assert outcome.found.sheet == "Plate 1"
    assert outcome.found.sheets == ["Instructions", "Plate 1", "Plate 2"]
    notes = " ".join(outcome.found.notes)
    assert "“Plate 2”" in notes
    assert "Hidden sheets were not looked at: “Old”" in notes
    assert _read(content, sheet="Plate 2").found.sheet == "Plate 2"
    assert "no sheet “Plate 3”" in (_read(content, sheet="Plate 3").refusal or "")


def test_the_place_of_a_table_that_does_not_begin_at_the_corner_is_right() -> None:
    rows = [(), (), (None, None, "Sample name", "Volume (µL)"), (None, None, "QX_01", 50)]
    cell = _read(corpus.workbook({"S": rows})).cell("volume_ul")

    assert (cell.sheet, cell.row, cell.column, cell.value) == ("S", 4, "D", 50)


def test_too_many_rows_of_a_workbook_are_refused_with_their_number() -> None:
    assert "30,000 rows" in (_read(corpus.large_xlsx(30_000)).refusal or "")


HOSTILE: dict[str, Callable[[], bytes]] = {
    "210 MB": corpus.zip_bomb,
    "100 times": lambda: corpus.zip_bomb(40 << 20),
    "more than 200 members": lambda: corpus.many_members(1000),
    "200 members": lambda: corpus.many_members(100_000),
    "leads out": lambda: corpus.archive({"xl/workbook.xml": b"<x/>", "../../etc/passwd": b"root"}),
    "path that leads": lambda: corpus.archive({"xl/workbook.xml": b"<x/>", "/etc/passwd": b"root"}),
    "leads out of it": lambda: corpus.archive({"xl/workbook.xml": b"<x/>", "C:\\x": b"root"}),
    "symbolic link": corpus.with_symlink,
    "end of its archive is missing": lambda: corpus.manifest_xlsx()[:-100],
    "main part is missing": lambda: corpus.manifest_xlsx()[:-22] + b"PK\x05\x06" + bytes(18),
}


@pytest.mark.parametrize("word", HOSTILE)
def test_a_hostile_archive_is_refused_before_anything_is_unpacked(word: str) -> None:
    with pytest.raises(Refused) as refused:
        workbooks.check(io.BytesIO(HOSTILE[word]()))

    assert word in refused.value.message


async def _sandboxed(content: bytes) -> str:
    options = msgspec.json.encode(Options(kind="xlsx", known=Known()))
    try:
        async for message in sandbox.run(READER, content, options=options, limits=Limits()):
            decoded = msgspec.json.decode(message, type=Message)
            if isinstance(decoded, Refusal):
                return decoded.message
    except Stopped as stopped:
        return stopped.cause
    return "read"


CONTAINED: dict[str, Callable[[], bytes]] = {
    "a directory that lies about sizes": corpus.understated_bomb,
    "entities": corpus.with_entities,
    "hollow parts": lambda: corpus.archive({"xl/workbook.xml": b"<x/>"}),
    "a cell in the farthest corner": lambda: corpus.rezipped(
        corpus.manifest_xlsx(), {"xl/worksheets/sheet1.xml": (b'r="A1"', b'r="XFD1048576"')}
    ),
}


@pytest.mark.parametrize("case", CONTAINED)
async def test_what_only_shows_while_it_is_read_is_contained(case: str) -> None:
    assert await _sandboxed(CONTAINED[case]()) != "read"
