"""Reviews of files without pages: they are drawn, each value says where it stands, and they become submissions."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.harness.product import checked
from tests.services.ai.conftest import Bench
from tests.services.ai.forms.test_kinds import LINES, TABLE, document, paragraph, workbook
from tests.services.ai.forms.test_kinds import rows as table
from tests.services.ai.test_reviews import decide, end, read, review_of, said, submission_of, value, values

PLACES = {"xlsx": "B1 of the sheet “Form”", "docx": "", "text_table": "B1"}


def document_of_lines() -> bytes:
    """Return a form as DOCX."""
    return document("".join(paragraph(f"{label}: {text}") for label, text in LINES) + table(TABLE))


def text_of_lines() -> bytes:
    """Return a form as a text of cells."""
    return "\n".join([*(",".join(each) for each in LINES), "", *(",".join(each) for each in TABLE)]).encode()


@pytest.mark.parametrize(
    ("make", "kind"), [(workbook, "xlsx"), (document_of_lines, "docx"), (text_of_lines, "text_table")]
)
async def test_a_file_without_pages_is_drawn_and_says_where_its_values_stand(
    bench: Bench, make: Callable[[], bytes], kind: str
) -> None:
    review = await read(bench, make(), as_form=True)
    assert review["document_kind"] == kind
    number = value(review, "quote_id")["page"]
    (page,) = [each for each in review["pages"] if each["number"] == number]
    assert page["drawn"] > 0
    left, top, right, bottom = value(review, "volume_ul", 1)["box"]
    assert 0 < left < right < page["width_pt"]
    assert 0 < top < bottom < page["height_pt"]
    assert value(review, "quote_id")["place"] == PLACES[kind]
    path = f"/api/documents/{review['document_id']}/pages/{number}"
    first = await bench.robin.get(path, params={"drawn": page["drawn"]})
    assert (first.status_code, first.headers["content-type"]) == (200, "image/png")
    assert (await bench.robin.get(path)).content == first.content
    old = await bench.robin.get(path, params={"drawn": 999})
    assert (old.status_code, "read the document again" in old.json()["detail"]) == (404, True)
    review = await _looked_at(bench, review)
    submission = await submission_of(bench, review)
    assert submission["row_count"] == 2


async def _looked_at(bench: Bench, review: Any) -> Any:
    """Confirm what is in doubt and accept the form."""
    open_ = [each for each in values(review) if each["state"] == "needs_review"]
    if open_:
        checked(await decide(bench.alice, review, *(said(each, "confirm") for each in open_)))
    review = await review_of(bench, review["extraction_id"])
    return checked(await end(bench.alice, review, "acceptance"))


async def test_a_workbook_is_read_again_as_a_form(bench: Bench) -> None:
    first = await bench.read(workbook(), "form.xlsx")
    assert (first["state"], first["as_form"]) == ("read", False)
    asked = {"document_id": first["document_id"], "as_form": True}
    again = checked(await bench.alice.post("/api/extractions", json=asked))
    found = await bench.ended(again["id"])
    assert (found["state"], found["as_form"]) == ("needs_review", True)
    assert value(await review_of(bench, again["id"]), "genome_size")["value"] == 4.6e6
