"""What unknown texts may be: how often the nearest is right, and what is never offered."""

import random
from collections.abc import Sequence

import pytest

from nanopore_tracking.services.ai.fields.model import BY_NAME, DESCRIPTIONS
from nanopore_tracking.services.ai.hints import model
from nanopore_tracking.services.ai.hints.model import LEAST, hints, references, spelled
from nanopore_tracking.services.ai.meanings.model import Meanings, Missing, folder
from nanopore_tracking.services.ai.readings.model import Hint, Nearness, Stranger
from tests.services.ai.forms.contents import values
from tests.services.ai.forms.unseen_words import LABELS, OTHERS


def stranger(text: str, raw: str, kind: str = "label") -> Stranger:
    return Stranger("heading" if kind == "heading" else "label", text, raw, 1, None, "")


def unknown() -> list[tuple[Stranger, str]]:
    """Labels of which nobody knows a word, with a value beside each, and what they are."""
    told = values(random.Random(5), 10)
    return [(stranger(text, told[name][0]), name) for name, texts in LABELS.items() if name in told for text in texts]


def by_spelling(strangers: Sequence[Stranger], learnt: dict[str, str] | None = None) -> list[Hint]:
    known = references(learnt or {})
    return hints(strangers, known, spelled([each.text for each in strangers], known), way="spelling")


@pytest.fixture(scope="module")
def near() -> Meanings:
    try:
        return Meanings.load(folder())
    except Missing as missing:
        pytest.skip(str(missing))


def test_each_field_has_a_description() -> None:
    assert set(DESCRIPTIONS) == set(BY_NAME)


def test_what_was_taught_and_slips_of_the_pen_are_near_by_spelling() -> None:
    (slip,) = by_spelling([stranger("Sample bufer", "TE")])
    assert (slip.field, slip.like.lower(), slip.way) == ("buffer", "sample buffer", "spelling")
    assert by_spelling([stranger("Zorbl kwimmel", "Lifa reads")]) == []
    (taught,) = by_spelling([stranger("Zorbl kwimmels", "Lifa reads")], {"Zorbl kwimmel": "project_name"})
    assert (taught.field, taught.like) == ("project_name", "Zorbl kwimmel")
    (heading,) = by_spelling([stranger("Sampl volume", "20", "heading")])
    assert heading.field == "volume_ul"


@pytest.mark.parametrize(
    ("text", "raw", "kind"),
    [
        ("Sample bufer", "kim@example.org", "label"),
        ("Principal investigator's emial", "Kim Vale", "label"),
        ("Number of sampels", "Kim Vale", "label"),
        ("Submision date", "EB", "label"),
        ("Sampl volume", "QX_01", "heading"),
        ("Sampl volume (ng/µL)", "20", "heading"),
    ],
)
def test_nothing_is_offered_for_which_the_value_does_not_fit(text: str, raw: str, kind: str) -> None:
    found = by_spelling([stranger(text, raw, kind)])
    assert all(hint.field != "buffer" or raw != "kim@example.org" for hint in found)
    assert {hint.field for hint in found} <= {"submitter_email", "pi_name", "submitter_name", "billing_contact"}


def test_each_field_is_offered_once_and_none_that_was_read() -> None:
    twice = [stranger("Sample bufer", "TE"), stranger("Sampl buffer", "EB")]
    assert len(by_spelling(twice)) == 1
    known = references({})
    scores = spelled(["Sample bufer"], known)
    filled = hints(twice[:1], known, scores, way="spelling", filled=frozenset({"buffer"}))
    assert "buffer" not in {each.field for each in filled}


def test_by_meaning_most_are_right_and_hardly_anything_else_is_offered(
    near: Meanings, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = references({})
    vectors = near.vectors([each.text for each in known])

    def said(each: Stranger) -> Hint | None:
        scores = (near.vectors([each.text]) @ vectors.T).tolist()
        return next(iter(hints([each], known, scores, way="meaning")), None)

    offered = [(said(each), name) for each, name in unknown()]
    right = sum(hint is not None and hint.field == name for hint, name in offered)
    wrong = sum(hint is not None and hint.field != name for hint, name in offered)
    assert right >= 0.2 * len(offered)
    assert wrong <= 0.02 * len(offered)
    alarms = [text for text, raw in OTHERS if said(stranger(text, raw)) is not None]
    assert len(alarms) <= 0.04 * len(OTHERS), alarms
    everything: dict[Nearness, float] = {**LEAST, "meaning": -1.0}
    monkeypatch.setattr(model, "LEAST", everything)
    best = [(said(each), name) for each, name in unknown()]
    assert sum(hint is not None and hint.field == name for hint, name in best) >= 0.75 * len(best)
