"""What corrections teach: labels that nobody knew are understood in the next form, once it is sure enough."""

from typing import Any

import msgspec
import pytest

from nanopore_tracking.services.ai.lessons.model import label_of
from tests.harness.printed import FIELDS, form, rows
from tests.harness.product import Product, checked
from tests.services.ai.conftest import Bench, make_bench
from tests.services.ai.test_reviews import decide, read, said, value

STRANGE = ("Zqx vorl:", "Lifa reads")
UNKNOWN = form(rows(2), fields=[*FIELDS, STRANGE])


@pytest.mark.parametrize(
    ("text", "typed", "label"),
    [
        ("Zqx vorl: Exampella testii", "Exampella testii", "Zqx vorl"),
        ("Zqx vorl:\nExampella  testii\nmore", "Exampella testii", "Zqx vorl"),
        ("Zqx vorl Exampella testii and more", "Exampella testii", None),
        ("A: Exampella testii\nB: Exampella testii", "Exampella testii", None),
        ("Other: thing Zqx: Exampella testii", "Exampella testii", None),
        ("Zqx vorl: Exampella testii2", "Exampella testii", None),
        ("12: EB", "EB", None),
        ("Zqx: x", "x", None),
    ],
)
def test_a_label_is_taken_only_where_it_is_certain(text: str, typed: str, label: str | None) -> None:
    assert label_of([text], typed) == label


@pytest.mark.parametrize(
    "text", ["Mail kim@example.org Zqx vorl Exampella testii", "SUP (super accuracy)\nExampella testii"]
)
def test_another_value_is_no_label_and_no_part_of_one(text: str) -> None:
    assert label_of([text], "Exampella testii") is not None
    assert label_of([text], "Exampella testii", {"kim@example.org", "SUP (super accuracy)"}) is None


async def _corrected(bench: Bench, by: Any) -> dict[str, Any]:
    """Let somebody type the project into a form whose label for it nobody knows."""
    review = await read(bench, UNKNOWN)
    project_name = value(review, "project_name")
    assert (project_name["state"], project_name["raw"]) == ("blank", "")
    found: dict[str, Any] = checked(await decide(by, review, said(project_name, "correct", STRANGE[1])))
    return found


async def test_a_label_is_understood_after_two_people_corrected_it_and_until_it_is_forgotten(
    bench: Bench, product: Product
) -> None:
    technician, other = await product.client("technician"), await product.client("technician")
    for _ in range(3):
        assert (await _corrected(bench, technician))["learnt"] == {}, "one person is no two"
    assert value(await read(bench, UNKNOWN), "project_name")["state"] == "blank"
    assert (await _corrected(bench, other))["learnt"] == {"Zqx vorl": "project_name"}
    project_name = value(await read(bench, UNKNOWN), "project_name")
    assert (project_name["state"], project_name["value"]) == ("read", STRANGE[1])

    manager = await product.client("facility_manager")
    asked = {"lab_id": bench.lab_id}
    (lesson,) = checked(await manager.get("/api/documents/labels", params=asked))["items"]
    assert (lesson["label"], lesson["field"], lesson["weight"]) == ("Zqx vorl", "project_name", 2)
    assert (lesson["people"], lesson["believed"], lesson["apart"]) == (2, True, "people")
    assert (await technician.delete(f"/api/documents/labels/{lesson['id']}")).status_code == 403
    assert (await manager.delete(f"/api/documents/labels/{lesson['id']}")).status_code == 204
    assert value(await read(bench, UNKNOWN), "project_name")["state"] == "blank"


async def test_one_person_in_two_labs_is_one_person(product: Product) -> None:
    first, second, third = await make_bench(product), await make_bench(product), await make_bench(product)
    technician, other = await product.client("technician"), await product.client("technician")
    strange = "Wobl harn:"
    content = form(rows(2), fields=[*FIELDS, (strange, STRANGE[1])])
    for bench, by in ((first, technician), (second, technician)):
        review = await read(bench, content)
        checked(await decide(by, review, said(value(review, "project_name"), "correct", STRANGE[1])))
        assert value(await read(third, content), "project_name")["state"] == "blank"
    review = await read(second, content)
    assert checked(await decide(other, review, said(value(review, "project_name"), "correct", STRANGE[1])))["learnt"]
    assert value(await read(third, content), "project_name")["state"] == "read", "two people of two labs"
    manager = await product.client("facility_manager")
    for bench in (first, second):
        # What several labs agree on is known to all; other tests begin where nothing is.
        (lesson,) = checked(await manager.get("/api/documents/labels", params={"lab_id": bench.lab_id}))["items"]
        assert (await manager.delete(f"/api/documents/labels/{lesson['id']}")).status_code == 204


async def test_a_facility_with_one_reviewer_may_let_two_forms_count(bench: Bench, product: Product) -> None:
    runtime = product.runtimes["ai"]
    before = runtime.settings
    runtime.settings = msgspec.structs.replace(before, lessons_apart="forms")
    try:
        technician = await product.client("technician")
        content = form(rows(2), fields=[*FIELDS, ("Tmesk olp:", STRANGE[1])])
        review = await read(bench, content)
        for text in ("Lifa", STRANGE[1], STRANGE[1]):
            project_name = value(await again(bench, review), "project_name")
            told = checked(await decide(technician, review, said(project_name, "correct", text)))
            assert told["learnt"] == {}, "the same form counts once"
        review = await read(bench, content)
        told = checked(await decide(technician, review, said(value(review, "project_name"), "correct", STRANGE[1])))
        assert told["learnt"] == {"Tmesk olp": "project_name"}
        assert value(await read(bench, content), "project_name")["state"] == "read"
    finally:
        runtime.settings = before
    assert value(await read(bench, content), "project_name")["state"] == "blank", "where people count, there is one"


async def again(bench: Bench, review: Any) -> Any:
    """Return a review as it is now."""
    return checked(await bench.alice.get(f"/api/extractions/{review['extraction_id']}/review"))


async def test_one_correction_of_whoever_keeps_the_templates_is_enough_for_the_own_lab_alone(
    bench: Bench, product: Product
) -> None:
    manager = await product.client("facility_manager")
    assert (await _corrected(bench, manager))["learnt"] == {"Zqx vorl": "project_name"}
    assert value(await read(bench, UNKNOWN), "project_name")["state"] == "read"
    stranger = await product.client("submitter")
    assert checked(await stranger.get("/api/documents/labels"))["items"] == []
