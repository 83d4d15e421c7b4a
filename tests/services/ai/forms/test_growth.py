"""Forms of which nobody knows a word: little is read and nothing wrongly, and twenty corrected forms teach the rest."""

from collections.abc import Mapping

import pytest

from nanopore_tracking.services.ai.evaluations import model
from nanopore_tracking.services.ai.evaluations.model import Event
from nanopore_tracking.services.ai.labels.model import Labels
from nanopore_tracking.services.ai.tutors.model import taught
from tests.services.ai.forms.contents import WORDINGS
from tests.services.ai.forms.reading import read
from tests.services.ai.forms.test_other_forms import score, truth
from tests.services.ai.forms.unseen_forms import forms
from tests.services.ai.forms.unseen_words import LABELS

_CORRECTED, _MORE = 20, 16


def test_none_of_the_labels_is_known() -> None:
    known = Labels({}, None)
    assert [text for texts in LABELS.values() for text in texts if known.find(text) is not None] == []


@pytest.fixture(scope="module")
def grown() -> Mapping[str, list[Event]]:
    """What came of forms at first contact, and after twenty were corrected."""
    learnt: dict[str, str] = {}
    found: dict[str, list[Event]] = {"first": [], "learning": [], "after": []}
    for number, made in enumerate(forms(_CORRECTED + _MORE)):
        if number < _CORRECTED:
            first = read(made.content, "pdf", [], learnt={}, lines=True)
            found["first"] += model.compare(first, truth(made), frozenset(WORDINGS))
        reading = read(made.content, "pdf", [], learnt=learnt, lines=True)
        part = "learning" if number < _CORRECTED else "after"
        found[part] += model.compare(reading, truth(made), frozenset(WORDINGS))
        assert model.leaks(reading, truth(made)) == []
        if number < _CORRECTED:
            learnt |= taught(reading, truth(made))
    return found


@pytest.mark.parametrize("part", ["first", "learning", "after"])
def test_what_is_not_known_is_missing_and_never_wrong(grown: Mapping[str, list[Event]], part: str) -> None:
    assert score(grown[part], "cell").precision >= 0.998
    assert score(grown[part], "field").precision >= 0.995


def test_at_first_contact_shapes_tell_most_fields(grown: Mapping[str, list[Event]]) -> None:
    assert score(grown["first"], "field").f1 >= 0.70
    assert {event.outcome for event in grown["first"]} == {"right", "missing"}


def test_twenty_corrected_forms_teach_the_rest(grown: Mapping[str, list[Event]]) -> None:
    assert score(grown["after"], "field").f1 >= 0.98
    assert score(grown["after"], "cell").f1 >= 0.98
