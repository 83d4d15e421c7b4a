"""What was recognised on a page becomes a page as the rules read it: straight lines, doubts, places on the paper."""

import msgspec
import pytest

from nanopore_tracking.services.ai.forms.model import Kind, Options, read_form
from nanopore_tracking.services.ai.readings.model import FormReading, Read, Row
from nanopore_tracking.services.ai.recognitions import model as recognitions
from nanopore_tracking.services.ai.scans.model import INSTALL, Scan, Seen, sheet_of, temper
from tests.services.ai.forms import scans
from tests.services.ai.forms.small_forms import pdf


def _scan(*words: Seen) -> Scan:
    return Scan(number=1, width_pt=612.0, height_pt=792.0, words=list(words))


def test_words_of_a_line_stand_at_one_height_though_pixels_say_otherwise() -> None:
    sheet = sheet_of(
        _scan(Seen("Vol.", (314.8, 303.1, 353.2, 312.9), 8.5, 1.0), Seen("Name:", (49.5, 303.4, 93.7, 313.2), 8.5, 1.0))
    )

    assert [each.text for each in sheet.segments] == ["Name:", "Vol."]
    assert len({(each.box[1], each.box[3]) for each in sheet.segments}) == 1


def _row(qubit: float, nanodrop: float, raw: str) -> Row:
    def cell(name: str, written: str, value: float) -> Read:
        return Read(field=name, raw=written, value=value, page=1, box=(10.0, 10.0, 20.0, 20.0), state="read")

    return Row(
        cells={
            "qubit_ng_per_ul": cell("qubit_ng_per_ul", raw, qubit),
            "nanodrop_ng_per_ul": cell("nanodrop_ng_per_ul", f"{nanodrop}", nanodrop),
        }
    )


def test_a_digit_that_slipped_is_doubted() -> None:
    rows = [_row(25.2, 31.4, "25.2"), _row(18.9, 20.5, "18.9"), _row(44.0, 51.7, "44.0"), _row(252.0, 30.8, "252")]
    reading = FormReading(version=1, rows=rows)
    scan = _scan()

    temper(reading, [scan], [sheet_of(scan)])

    assert [row.cells["qubit_ng_per_ul"].state for row in rows] == ["read", "read", "read", "needs_review"]
    assert "misread" in rows[3].cells["qubit_ng_per_ul"].doubt


@pytest.mark.parametrize(("sure", "state"), [(0.99, "read"), (0.5, "needs_review")], ids=["clear", "smudged"])
def test_how_sure_letters_are_is_carried_on(sure: float, state: str) -> None:
    box = (100.0, 100.0, 140.0, 110.0)
    read = Read(field="organism", raw="Mus", value="Mus", page=1, box=box, state="read", confidence=0.9)
    scan = _scan(Seen("Mus", box, 9.0, sure))

    temper(FormReading(version=1, fields=[read]), [scan], [sheet_of(scan)])

    assert (read.state, read.confidence) == (state, round(0.9 * sure, 3))


def _small_scan() -> tuple[bytes, bytes]:
    pictures = scans.pictures(pdf(), [scans.Scan(dpi=100)])
    return scans.as_pdf(pictures), scans.as_picture(pictures, "PNG")


@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_without_the_extra_a_scan_says_what_to_install_and_nothing_else(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognitions, "find_spec", lambda _: None)
    content = dict(zip(("pdf", "png"), _small_scan(), strict=True))[kind]

    (told,) = read_form(content, msgspec.json.encode(Options(kind=kind)))
    found = msgspec.json.decode(told, type=FormReading)

    assert found.warnings == [f"This is a scan. Type the values beside the picture. {INSTALL}"]
    assert "nanopore-tracking[ocr]" in INSTALL
    assert ([each.value for each in found.fields], found.rows) == ([], [])
    assert [page.scanned for page in found.pages] == [True]
