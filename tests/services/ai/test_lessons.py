"""What corrections teach: labels that nobody knew are understood in the next form, once it is sure enough."""

from typing import Any

import pytest

from nanopore_tracking.services.ai.lessons.model import label_of
from tests.harness.printed import FIELDS, form, rows
from tests.harness.product import Product, checked
from tests.services.ai.conftest import Bench
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


async def _corrected(bench: Bench, by: Any) -> dict[str, Any]:
    """Let somebody type the project into a form whose label for it nobody knows."""
    review = await read(bench, UNKNOWN)
    project_name = value(review, "project_name")
    assert (project_name["state"], project_name["raw"]) == ("blank", "")
    found: dict[str, Any] = checked(await decide(by, review, said(project_name, "correct", STRANGE[1])))
    return found


async def test_a_label_is_understood_after_two_corrections_and_until_it_is_forgotten(
    bench: Bench, product: Product
) -> None:
    technician = await product.client("technician")
    assert (await _corrected(bench, technician))["learnt"] == {}
    assert (await _corrected(bench, technician))["learnt"] == {"Zqx vorl": "project_name"}
    project_name = value(await read(bench, UNKNOWN), "project_name")
    assert (project_name["state"], project_name["value"]) == ("read", STRANGE[1])

    manager = await product.client("facility_manager")
    asked = {"lab_id": bench.lab_id}
    (lesson,) = checked(await manager.get("/api/documents/labels", params=asked))["items"]
    assert (lesson["label"], lesson["field"], lesson["weight"]) == ("Zqx vorl", "project_name", 2)
    assert (await technician.delete(f"/api/documents/labels/{lesson['id']}")).status_code == 403
    assert (await manager.delete(f"/api/documents/labels/{lesson['id']}")).status_code == 204
    assert value(await read(bench, UNKNOWN), "project_name")["state"] == "blank"


async def test_one_correction_of_whoever_keeps_the_templates_is_enough_for_the_own_lab_alone(
    bench: Bench, product: Product
) -> None:
    manager = await product.client("facility_manager")
    assert (await _corrected(bench, manager))["learnt"] == {"Zqx vorl": "project_name"}
    assert value(await read(bench, UNKNOWN), "project_name")["state"] == "read"
    stranger = await product.client("submitter")
    assert checked(await stranger.get("/api/documents/labels"))["items"] == []
