"""Projects over HTTP."""

import asyncio
from uuid import uuid4

import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import new_lab, opened, said, seen


async def test_a_project_gets_the_next_code_unless_it_is_given_one(product: Product) -> None:
    lab, staff = await new_lab(product), await product.client("technician")
    plain = [checked(await staff.post("/api/projects", json={"lab_id": lab["id"], "title": "T"})) for _ in range(2)]
    numbers = [int(project["code"].removeprefix("PRJ-")) for project in plain]
    assert numbers[1] == numbers[0] + 1
    taken = f"PRJ-{numbers[1] + 1:04d}"
    asked = {"lab_id": lab["id"], "title": "T", "code": taken}
    assert checked(await staff.post("/api/projects", json=asked))["code"] == taken
    after = checked(await staff.post("/api/projects", json={"lab_id": lab["id"], "title": "T"}))
    assert after["code"] == f"PRJ-{numbers[1] + 2:04d}"
    refused = await staff.post("/api/projects", json=asked)
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (409, "code")


async def test_projects_made_at_the_same_time_have_different_codes(product: Product) -> None:
    lab, staff = await new_lab(product), await product.client("technician")
    asked = {"lab_id": lab["id"], "title": "T"}
    made = await asyncio.gather(*(staff.post("/api/projects", json=asked) for _ in range(8)))
    assert len({checked(answer)["code"] for answer in made}) == 8


async def test_a_submitter_makes_projects_for_own_labs_only(product: Product) -> None:
    desk = await opened(product)
    made = checked(await desk.submitter.post("/api/projects", json={"lab_id": desk.lab_id, "title": "Own"}))
    assert made["lab_id"] == desk.lab_id
    refused = await desk.stranger.post("/api/projects", json={"lab_id": desk.lab_id, "title": "Foreign"})
    assert refused.status_code == 404
    assert (await desk.stranger.get(f"/api/projects/{made['id']}")).status_code == 404
    foreign = await desk.stranger.patch(f"/api/projects/{made['id']}", json={"title": "x"}, headers=seen(made))
    assert foreign.status_code == 404
    assert checked(await desk.stranger.get("/api/projects"))["items"] == []


async def test_a_viewer_may_only_look(product: Product) -> None:
    desk, viewer = await opened(product), await product.client("viewer")
    assert (await viewer.get(f"/api/projects/{desk.project_id}")).status_code == 200
    assert (await viewer.post("/api/projects", json={"lab_id": desk.lab_id, "title": "T"})).status_code == 403


async def test_a_project_is_changed_with_its_version_and_found_by_its_words(product: Product) -> None:
    desk, title = await opened(product), said("Thermophiles")
    path = f"/api/projects/{desk.project_id}"
    project = checked(await desk.submitter.get(path))
    asked = {"title": title, "data_classification": "human"}
    changed = checked(await desk.submitter.patch(path, json=asked, headers=seen(project)))
    assert (changed["title"], changed["data_classification"], changed["version"]) == (title, "human", 2)
    assert (await desk.submitter.patch(path, json=asked, headers=seen(project))).status_code == 412
    found = checked(await desk.staff.get("/api/projects", params={"q": title.upper(), "status": "active"}))["items"]
    assert [item["id"] for item in found] == [desk.project_id]
    assert checked(await desk.staff.get("/api/projects", params={"q": title, "status": "closed"}))["items"] == []


async def test_a_lab_that_is_not_active_takes_no_projects(product: Product) -> None:
    lab, admin = await new_lab(product), await product.admin()
    checked(await admin.patch(f"/api/labs/{lab['id']}", json={"active": False}, headers=seen(lab)))
    refused = await admin.post("/api/projects", json={"lab_id": lab["id"], "title": "T"})
    assert (refused.status_code, refused.json()["type"]) == (409, "lab-not-active")


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"title": "T"}, "lab_id"),
        ({"lab_id": "L", "title": "T"}, "lab_id"),
        ({"lab_id": str(uuid4())}, "title"),
        ({"lab_id": str(uuid4()), "title": " "}, "title"),
        ({"lab_id": str(uuid4()), "title": "T", "code": "lower case"}, "code"),
        ({"lab_id": str(uuid4()), "title": "T", "data_classification": "secret"}, "data_classification"),
    ],
)
async def test_bad_input_is_refused_with_the_name_of_the_field(product: Product, asked: object, wrong: str) -> None:
    refused = await (await product.admin()).post("/api/projects", json=asked)
    assert refused.status_code == 422
    assert wrong in [error["path"] for error in refused.json()["errors"]]
