"""Forms of other facilities as workbooks, documents and texts: all that they say is read, and nothing else is sure."""

import pytest

from tests.services.ai.forms import office_forms
from tests.services.ai.forms.small_forms import whole


@pytest.mark.parametrize("layout", list(office_forms.LAYOUTS))
def test_office_forms_are_read_whole(layout: str) -> None:
    kind, _ = office_forms.LAYOUTS[layout]
    for seed in range(1, 5):
        made = office_forms.make(layout, seed)
        found = whole(made.content, kind)
        fields = {each.field: each.value for each in found.fields if each.field in made.fields}
        rows = [{name: each.value for name, each in row.cells.items() if each.value is not None} for row in found.rows]

        assert fields == made.fields, seed
        assert rows == [pytest.approx(row) for row in made.rows], seed
        more = [each for each in found.fields if each.field not in made.fields and each.value is not None]
        assert [each.field for each in more if each.state == "read"] == [], seed


def test_a_sentence_is_no_code() -> None:
    found = whole(
        b"Order number,to be given by the facility\nSubmitted by,Robin Vantage\nOrganism,Mus musculus\n", "csv"
    )

    assert {each.field: each.state for each in found.fields}["quote_id"] == "needs_review"
