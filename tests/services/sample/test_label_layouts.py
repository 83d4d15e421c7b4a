"""Layouts of labels: where things stand, what does not fit, every version, and a picture with a sample's own data."""

from typing import Any

import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, said, seen
from tests.services.sample.shelves import sample

PLAIN: dict[str, Any] = {
    "width_mm": 40,
    "height_mm": 20,
    "code_mm": 10,
    "font_mm": 2.5,
    "lines": ["code", "name", "date"],
}


@pytest.fixture
async def desk(product: Product) -> Desk:
    return await opened(product)


async def test_positions_that_nobody_named_are_beside_each_other_and_each_version_is_kept(product: Product) -> None:
    manager = await product.client("facility_manager")
    made = checked(await manager.post("/api/labels/layouts", json={"name": said("Plate"), **PLAIN}))
    assert (made["code_left_mm"], made["code_top_mm"], made["text_left_mm"], made["text_top_mm"]) == (1.5, 1.5, 13, 1.5)

    path = f"/api/labels/layouts/{made['id']}"
    moved = {"code_left_mm": 28.0, "text_left_mm": 1.0, "lines": ["name", "code"]}
    changed = checked(await manager.patch(path, json=moved, headers=seen(made)))
    assert (await manager.patch(path, json={"font_mm": 3}, headers=seen(made))).status_code == 412
    versions = checked(await manager.get(f"{path}/versions"))["items"]
    assert [item["version"] for item in versions] == [changed["version"], made["version"]] == [2, 1]
    assert [item["content"]["code_left_mm"] for item in versions] == [28.0, 1.5]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code_left_mm": 31, "text_left_mm": 1}, "code_left_mm"),
        ({"code_top_mm": 11}, "code_top_mm"),
        ({"text_left_mm": 5}, "text_left_mm"),
        ({"text_left_mm": 39}, "text_left_mm"),
        ({"text_top_mm": 15}, "lines"),
        ({"lines": ["name"]}, "lines"),
        ({"code_mm": 21}, "code_mm"),
    ],
)
async def test_what_would_not_be_on_the_label_is_told_at_its_field(
    product: Product, change: dict[str, Any], field: str
) -> None:
    manager = await product.client("facility_manager")
    answer = await manager.post("/api/labels/layouts", json={"name": said("Plate"), **PLAIN, **change})
    assert (answer.status_code, [item["path"] for item in answer.json()["errors"]]) == (422, [field])


async def test_a_picture_says_what_the_label_of_a_sample_says_and_what_is_cut_off(desk: Desk) -> None:
    tube = await sample(desk)
    layout = {"name": "Any", **PLAIN, "code_left_mm": 28.0, "text_left_mm": 1.0}
    drawn = checked(await desk.staff.post("/api/labels/preview", json={"layout": layout, "sample": tube["code"]}))
    assert drawn["code"] == tube["code"]
    assert len({len(drawn["modules"]), *map(len, drawn["modules"])}) == 1
    assert [item["text"] for item in drawn["texts"]][:2] == [tube["code"], tube["name"]]
    assert [item["width_mm"] for item in drawn["texts"]] == [25.5, 25.5, 25.5]
    assert drawn["texts"][0]["fits"]
    small = {**layout, "text_left_mm": 23.0}
    cut = checked(await desk.staff.post("/api/labels/preview", json={"layout": small, "sample": tube["code"]}))
    assert not cut["texts"][0]["fits"]
    missing = await desk.staff.post("/api/labels/preview", json={"layout": layout, "sample": "S00-000000"})
    assert (missing.status_code, missing.json()["errors"][0]["path"]) == (422, "sample")
    assert (await desk.submitter.post("/api/labels/preview", json={"layout": layout})).status_code == 403
