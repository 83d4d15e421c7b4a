"""Forms that no template knows, in other words and layouts: most of it is read, and nothing is read wrongly."""

from collections.abc import Sequence
from typing import Any

import pytest

from nanopore_tracking.services.ai.evaluations import model
from nanopore_tracking.services.ai.evaluations.model import Event, Truth
from tests.services.ai.forms.contents import WORDINGS, Made
from tests.services.ai.forms.letters import letter
from tests.services.ai.forms.other_forms import LAYOUTS, make
from tests.services.ai.forms.reading import read


def truth(made: Made) -> Truth:
    def told(name: str, value: Any) -> dict[str, Any]:
        page, box = made.places.get(name, (None, None))
        return {"value": value, "page": page, "bbox": box}

    return Truth(
        file="",
        format="pdf",
        layout=made.layout,
        fields={name: told(name, value) for name, value in made.fields.items()},
        samples=[{name: {"value": value} for name, value in row.items()} for row in made.rows],
        must_not=list(made.must_not),
    )


def events(forms: Sequence[Made]) -> list[Event]:
    found: list[Event] = []
    for made in forms:
        reading = read(made.content, "pdf", [], learnt={})
        assert model.leaks(reading, truth(made)) == []
        assert model.invented(reading) == []
        assert any("cannot be seen" in warning for warning in reading.warnings) == bool(made.must_not)
        found += model.compare(reading, truth(made), frozenset(WORDINGS))
    return found


def score(found: Sequence[Event], kind: str) -> model.Score:
    return model.score(kind, [event for event in found if event.kind == kind])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_forms_of_other_facilities_are_read(layout: str) -> None:
    found = events([make(layout, seed) for seed in range(8)])

    assert score(found, "field").f1 >= 0.98
    assert score(found, "cell").f1 >= 0.98
    assert score(found, "cell").precision >= 0.998
    assert not any(event.unit_error for event in found)


def test_letters_are_read_by_rules() -> None:
    found = events([letter(seed) for seed in range(12)])

    assert score(found, "field").f1 >= 0.75
    assert score(found, "cell").f1 >= 0.98


def test_places_are_where_the_values_stand_on_turned_pages_too() -> None:
    forms = [made for made in (make("two_columns", seed) for seed in range(14)) if made.turn]
    assert {made.turn for made in forms} == {90, 270}
    for made in forms:
        for each in read(made.content, "pdf", [], learnt={}).fields:
            if each.box is not None and each.field in made.places:
                left, top, right, bottom = made.shown(each.field)
                middle = (each.box[0] + each.box[2]) / 2, (each.box[1] + each.box[3]) / 2
                assert left - 3 <= middle[0] <= right + 3
                assert top - 3 <= middle[1] <= bottom + 3


def test_what_people_confirmed_is_known_the_next_time() -> None:
    made = make("two_columns", 3)
    label = next(label for label in WORDINGS["account"])
    odd = {f"Zorb {index}": name for index, name in enumerate(made.fields)}
    assert label not in odd
    content = make("two_columns", 3, wordings={name: (text,) for text, name in odd.items()}).content

    unknown = {each.field for each in read(content, "pdf", [], learnt={}).fields if each.state == "read"}
    known = {each.field: each.value for each in read(content, "pdf", [], learnt=odd).fields}

    assert unknown == set()
    assert {name: known.get(name) for name in made.fields} == made.fields
