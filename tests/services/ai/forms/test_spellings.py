"""What is corrected on a scan: printed words and the codes of products; what people filled in stays as it was seen."""

import pytest

from nanopore_tracking.services.ai.layouts.model import Sheet
from nanopore_tracking.services.ai.scans.model import Scan, Seen, sheet_of
from nanopore_tracking.services.ai.spellings.model import correct, shaped
from nanopore_tracking.services.ai.templates.model import Template

TEMPLATE = Template(
    name="one", fingerprint=("Request of the Fendar core",), labels={"institution": ("Brumel house name",)}
)


def corrected(*texts: str, scanned: bool = True, learnt: dict[str, str] | None = None) -> list[str]:
    """Return the texts of a page, each in a line of its own, after it was corrected."""
    words = []
    for line, text in enumerate(texts):
        x = 50.0
        for word in text.split(" "):
            words.append(Seen(word, (x, 50.0 + 20 * line, x + 6.0 * len(word), 60.0 + 20 * line), 10.0, 1.0))
            x += 6.0 * len(word) + 3.0
    sheet: Sheet = sheet_of(Scan(number=1, width_pt=612.0, height_pt=792.0, words=words))
    sheet.scanned = scanned
    correct([sheet], [TEMPLATE], learnt or {})
    return [segment.text for segment in sorted(sheet.segments, key=lambda each: each.box[1])]


@pytest.mark.parametrize(
    ("seen", "printed"),
    [
        ("Source organlsm:", "Source organism:"),
        ("Sequencing klt:", "Sequencing kit:"),
        ("Requestof the Fendar core", "Request of the Fendar core"),
        ("Request of the Fendar c0re", "Request of the Fendar core"),
        ("Brumel h0use name:", "Brumel house name:"),
    ],
)
def test_printed_words_are_corrected_where_they_become_known(seen: str, printed: str) -> None:
    assert corrected(seen)[0].casefold() == printed.casefold()


def test_what_was_learnt_is_printed_too() -> None:
    assert corrected("Zqx vorl name:") == ["Zqx vorl name:"]
    assert corrected("Zqx v0rI name:", learnt={"zqx vorl name": "project_name"}) == ["zqx vorl name:"]


@pytest.mark.parametrize(
    "filled_in",
    [
        "Exampella testii",
        "Vo1ker Mal0ne",
        "QX-901",
        "l0-O12I-7",
        "S1_O0",
        "Lifa-1l",
        "Organlsm volume",
        "robin.vantage@examp1e.org",
    ],
)
def test_what_was_filled_in_stays_as_it_was_seen(filled_in: str) -> None:
    assert corrected(filled_in) == [filled_in]


@pytest.mark.parametrize("number", ["25.2", "252", "1,234.50", "38", "0.4", "1.79", "2026-12-01", "+1 555 0129"])
def test_numbers_keep_each_digit(number: str) -> None:
    assert corrected(number) == [number]


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("1O.5", "10.5"),
        ("l2,O", "12,0"),
        ("SQK-LSK1I4", "SQK-LSK114"),
        ("5QK-L5K114", "SQK-LSK114"),
        ("FL0-MIN114", "FLO-MIN114"),
        ("EXP-NBDI96", "EXP-NBD196"),
        ("Rapid (SQK-RBK1I4.24)", "Rapid (SQK-RBK114.24)"),
        ("Min1ON Flow Cell", "MinION Flow Cell"),
        ("robin @ example.org", "robin@example.org"),
    ],
)
def test_shapes_that_say_what_they_are_are_set_right(seen: str, meant: str) -> None:
    assert shaped(seen) == meant
    assert shaped(meant) == meant


@pytest.mark.parametrize("code", ["SQK-LSK114", "SQK-NBD114.96", "FLO-PRO114M", "FLO-MIN114", "SQK-PCB111.24"])
def test_a_code_that_is_right_is_never_made_another_one(code: str) -> None:
    assert shaped(code) == code
    assert corrected(f"Kit: {code}")[-1].endswith(code)


def test_pages_that_hold_text_are_never_corrected() -> None:
    assert corrected("Source organlsm:", scanned=False) == ["Source organlsm:"]
