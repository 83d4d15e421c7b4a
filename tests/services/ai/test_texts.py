"""Text tables are read whatever program wrote them, and refused with a sentence where they are broken."""

import pytest

from tests.services.ai import corpus
from tests.services.ai.reading import read

EXPECTED = [
    {
        "sample_name": row[0],
        "volume_ul": row[1],
        "qubit_ng_per_ul": row[2],
        "nanodrop_ng_per_ul": row[3],
        "a260_a280": row[4],
        "a260_a230": row[5],
    }
    for row in corpus.ROWS
]
TEXT = corpus.text([corpus.HEADINGS, *corpus.ROWS])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_every_delimiter_and_line_end_is_found(delimiter: str, line_end: str) -> None:
    outcome = read(corpus.manifest_csv(delimiter=delimiter, line_end=line_end))

    assert outcome.values == EXPECTED
    assert outcome.needs_review_count == 0


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-32"),
        TEXT.encode("cp1252"),
        TEXT.replace("µ", "\u03bc").encode(),
        TEXT.replace("µ", "u").encode("ascii"),
    ],
)
def test_every_encoding_is_found(content: bytes) -> None:
    assert read(content).values == EXPECTED


def test_a_file_in_windows_1252_says_so() -> None:
    assert "Windows-1252" in read(TEXT.encode("cp1252")).found.notes[0]


def test_decimal_commas_are_decimals() -> None:
    content = 'Sample Name;Volume (µL);Qubit (ng/µL)\nQX_01;12,5;1.250,75\nQX_02;1,234;"0,5"\n'.encode()

    assert [list(row.values()) for row in read(content).values] == [["QX_01", 12.5, 1250.75], ["QX_02", 1.234, 0.5]]


def test_a_mark_that_may_be_either_is_not_guessed() -> None:
    cell = read(b"Sample name\tVolume (uL)\nQX_01\t1,234\n").cell("volume_ul")

    assert (cell.value, cell.state, cell.raw) == (None, "needs_review", "1,234")


def test_points_of_thousands_are_not_taken_for_decimals_where_semicolons_divide_the_cells() -> None:
    heads = "Sample name;Volume (µL);Qubit (ng/µL)\n"
    alone = read(f"{heads}QX_01;1.000;41\n".encode()).cell("volume_ul")
    with_points = read(f"{heads}QX_01;1.000;41.5\n".encode()).cell("volume_ul")

    assert (alone.value, alone.state, alone.raw) == (None, "needs_review", "1.000")
    assert (with_points.value, with_points.state) == (1.0, "read")


def test_decimal_commas_that_are_not_quoted_move_no_value() -> None:
    outcome = read("Sample name,Volume (µL),Qubit (ng/µL)\nQX_01,12,5,48\nQX_02,50,48\n".encode())

    assert outcome.values[0] == {"sample_name": "QX_01", "volume_ul": None, "qubit_ng_per_ul": None}
    assert {cell.state for cell in outcome.rows[0].cells.values()} == {"needs_review"}
    assert outcome.values[1] == {"sample_name": "QX_02", "volume_ul": 50, "qubit_ng_per_ul": 48}


def test_short_rows_are_blank_at_their_end() -> None:
    outcome = read(b"Sample name,Volume (uL),Buffer\nQX_01\nQX_02,50\n")

    assert outcome.values[0] == {"sample_name": "QX_01", "volume_ul": None, "buffer": None}
    assert outcome.cell("buffer", 2).state == "blank"


def test_every_cell_knows_its_place() -> None:
    outcome = read(b"Project: PRJ-0042\r\n\r\nSample name,Volume (uL)\r\nQX_01,50\r\n\r\nQX_02,n/a\r\n")

    assert (outcome.cell("volume_ul", 1).row, outcome.cell("volume_ul", 1).column) == (4, "B")
    assert (outcome.cell("volume_ul", 2).row, outcome.cell("volume_ul", 2).raw) == (6, "n/a")
    assert [row.row_number for row in outcome.rows] == [1, 2]
    assert outcome.found.header_row == 3


def test_a_directive_for_spreadsheets_is_obeyed() -> None:
    assert read(b"sep=|\nSample name|Volume (uL)\nQX_01|50\n").values == [{"sample_name": "QX_01", "volume_ul": 50}]


@pytest.mark.parametrize("odd", ["\x00", "\x07", "\x7f", "\u202e", "\u200b", "\ufffd"])
def test_characters_that_nobody_sees_are_shown_at_their_cell(odd: str) -> None:
    outcome = read(f"Sample name,Volume (uL)\nQX{odd}01,50\nQX_02,5{odd}0\n".encode())

    assert outcome.cell("sample_name").state == "needs_review"
    assert outcome.cell("sample_name").value is None
    assert outcome.cell("volume_ul", 2).state == "needs_review"
    assert outcome.cell("volume_ul", 1).value == 50
    assert odd == "\ufffd" or odd not in outcome.cell("sample_name").raw


def test_the_header_above_the_table_is_read() -> None:
    content = (
        b"Facility submission form\n"
        b"Quote: HTSF--QX-901\n"
        b"Requester:,Robin Vantage,E-mail:,robin.vantage@example.org\n"
        b"Species,Exampella testii\n"
        b"Room,B 12\n"
        b"Sample name,Volume (uL)\nQX_01,50\n"
    )

    assert read(content).found.header == {
        "external_id": "HTSF--QX-901",
        "requester_name": "Robin Vantage",
        "requester_email": "robin.vantage@example.org",
        "organism": "Exampella testii",
        "Room": "B 12",
    }


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"   \r\n \r\n", "no text"),
        (b"Sample name,Volume (uL)\r\n", "no sample"),
        (b"Sample name,Volume (uL)\r\n,\r\n , \r\n", "no sample"),
        (b'Sample name,Volume (uL)\nQX_01,"50\nQX_02,50\n', "line 2"),
        (b'Sample name,Volume (uL)\nQX_01,50\n"QX"_02,50\n', "line 3"),
        (b"A letter to the facility.\n\nIt has no table.\n", "No row of headings"),
        (b"\xff\xfeS\x00a\x00\xd8", "UTF-16"),
        (("Sample name," + ",".join(f"c{n}" for n in range(300)) + "\nQX_01,50\n").encode(), "301 columns"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(content: bytes, word: str) -> None:
    outcome = read(content)

    assert outcome.refusal is not None
    assert word in outcome.refusal
    assert outcome.refusal.endswith(".")
    assert outcome.rows == []


def test_too_many_rows_are_refused_with_their_number() -> None:
    outcome = read(corpus.manifest_csv(corpus.many(100_000)))

    assert outcome.refusal is not None
    assert "100,000 rows" in outcome.refusal
    assert "20,000" in outcome.refusal


def test_the_largest_manifest_is_handed_on_in_small_parts() -> None:
    outcome = read(corpus.manifest_csv(corpus.many(20_000)))

    assert sum(outcome.chunks) == 20_000
    assert max(outcome.chunks) <= 250
    assert outcome.needs_review_count == 0


def test_long_cells_make_smaller_parts() -> None:
    rows = [(f"QX_{n}", "€" * 4000) for n in range(250)]
    outcome = read(corpus.text([("Sample name", "Comment"), *rows]).encode())

    assert sum(outcome.chunks) == 250
    assert max(outcome.chunks) < 50


def test_a_cell_that_is_too_long_is_not_taken() -> None:
    cell = read(f"Sample name,Comment\nQX_01,{'x' * 4001}\n".encode()).cell("comment")

    assert (cell.state, cell.value) == ("needs_review", None)
    assert len(cell.raw) == 4000
