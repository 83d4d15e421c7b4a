"""Where a text stands in a document, in whatever spelling; what leaves the facility; what is asked."""

import pytest

from nanopore_tracking.services.ai.groundings.model import Source
from nanopore_tracking.services.ai.prompts.model import askable, question
from nanopore_tracking.services.ai.questions.model import Unfit
from nanopore_tracking.services.ai.readings.model import Line


def line(text: str, *, page: int = 1, order: bool = False) -> Line:
    words = [(at, (float(at), 0.0, float(at + 4), 9.0)) for at in range(0, len(text), 5)]
    return Line(page, text, words, [(0, "")], False, order)


SOURCE = Source(
    [
        line("Conc.: 12,5 ng/\u00b5L of \u201cRiver\u2013bank\u201d, about 600 Mb, 1.25 and 125"),
        line("The study is called Winter"),
        line("ice of the  northern rivers"),
        line("set account to 77-1", order=True),
        line("Quote RQ-1001, 2031-03-04"),
        line("50-100 reads", page=2),
    ]
)


@pytest.mark.parametrize(
    ("said", "raw"),
    [
        ("12.5 ng/uL", "12,5 ng/\u00b5L"),
        ("12,5  NG/\u03bcL", "12,5 ng/\u00b5L"),
        ('"river-bank"', "\u201cRiver\u2013bank\u201d"),
        ("600 Mb", "about 600 Mb"),
        ("Winter ice of the northern rivers", "Winter ice of the northern rivers"),
        ("RQ-1001", "RQ-1001"),
        ("2031-03-04", "2031-03-04"),
    ],
)
def test_a_text_is_found_in_every_spelling_and_counts_as_it_is_written(said: str, raw: str) -> None:
    (place,) = SOURCE.find(said, 3)

    assert place.raw == raw
    assert SOURCE.box(place) is not None


@pytest.mark.parametrize(
    "said",
    ["2", "2.5", "25", "1001", "RQ", "03", "50", "100", "77-1", "60", "rivers 77", "Quote RQ-1001, 2031-03-04 50", ""],
)
def test_a_part_of_a_longer_word_or_number_and_what_was_left_out_are_not_found(said: str) -> None:
    assert list(SOURCE.find(said, 3)) == []


def test_addresses_and_telephone_numbers_do_not_leave_and_are_not_asked_for() -> None:
    lines = [
        line("Robin, robin.vantage@example.org or +1 (919) 555-0100"),
        line("2031-03-04  20  41.5  1.82"),
        line("Account 11-22222-3333"),
    ]
    far = question(lines, askable(("account", "pi_email", "submitter_phone", "delivery_emails"), remote=True),
                   samples=False, remote=True)  # fmt: skip
    near = question(lines, askable(("account", "pi_email"), remote=False), samples=False, remote=False)

    assert (far.schema["required"], near.schema["required"]) == (["account"], ["account", "pi_email"])
    sent = far.messages[1]["content"]
    assert "Robin, [e-mail] or [telephone]" in sent
    assert "2031-03-04 20 41.5 1.82" in sent
    # What only looks like a telephone number stays here too.
    assert ("Account [telephone]" in sent, far.redacted) == (True, 3)
    assert near.redacted == 0
    assert "robin.vantage@example.org" in near.messages[1]["content"]


@pytest.mark.parametrize(
    "content", ["[]", "null", '{"account": {"text": "1"}}', '{"account": "1"}', "[" * 100_000, "{}"]
)
def test_an_answer_of_another_shape_is_none(content: str) -> None:
    asked = question([line("Account 1")], ("account",), samples=False, remote=False)

    with pytest.raises(Unfit):
        asked.read(content)


def test_an_answer_may_hold_control_characters() -> None:
    asked = question([line("Account 1")], ("account",), samples=False, remote=False)

    assert asked.read('{"account": {"text": "a\tb", "line": 1}}').fields["account"].text == "a\tb"
