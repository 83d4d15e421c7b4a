"""Labs over HTTP."""

from uuid import uuid4

import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import new_lab, said, seen


async def test_a_lab_is_created_shown_and_changed(product: Product) -> None:
    admin, name = await product.admin(), said("Lab")
    asked = {"name": f"  {name} ", "pi_name": "Dr Okafor", "pi_email": "okafor@example.org"}
    made = await admin.post("/api/labs", json=asked)
    lab = checked(made)
    assert (made.status_code, made.headers["etag"], made.headers["location"]) == (201, '"v1"', f"/api/labs/{lab['id']}")
    assert (lab["name"], lab["active"], lab["project_count"]) == (name, True, 0)

    changed = await admin.patch(f"/api/labs/{lab['id']}", json={"organisation": "Institute"}, headers=seen(lab))

    assert checked(changed)["organisation"] == "Institute"
    assert checked(await admin.get(f"/api/labs/{lab['id']}"))["version"] == 2


async def test_two_labs_never_have_the_same_name(product: Product) -> None:
    admin, lab = await product.admin(), await new_lab(product)
    refused = await admin.post("/api/labs", json={"name": lab["name"].upper(), "pi_name": "alice"})
    assert refused.status_code == 409
    assert refused.json()["type"] == "already-exists"
    assert [error["path"] for error in refused.json()["errors"]] == ["name"]


async def test_a_change_without_or_with_an_old_version_is_refused(product: Product) -> None:
    admin, lab = await product.admin(), await new_lab(product)
    path = f"/api/labs/{lab['id']}"
    assert (await admin.patch(path, json={"active": False})).status_code == 428
    checked(await admin.patch(path, json={"active": False}, headers=seen(lab)))
    assert (await admin.patch(path, json={"active": True}, headers=seen(lab))).status_code == 412
    assert checked(await admin.get(path))["active"] is False


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"pi_name": "alice"}, "name"),
        ({"name": "", "pi_name": "alice"}, "name"),
        ({"name": "\u00a0", "pi_name": "alice"}, "name"),
        ({"name": "A\nB", "pi_name": "alice"}, "name"),
        ({"name": "x" * 101, "pi_name": "alice"}, "name"),
        ({"name": "Lab", "pi_name": "alice", "pi_email": "nobody"}, "pi_email"),
        ({"name": "Lab", "pi_name": "alice", "colour": "red"}, "colour"),
    ],
)
async def test_bad_input_is_refused_with_the_name_of_the_field(product: Product, asked: object, wrong: str) -> None:
    refused = await (await product.admin()).post("/api/labs", json=asked)
    assert refused.status_code == 422
    assert wrong in [error["path"] for error in refused.json()["errors"]]


async def test_a_submitter_sees_own_labs_only_and_changes_none(product: Product) -> None:
    own, other = await new_lab(product), await new_lab(product)
    submitter = await product.client("submitter", labs=[own["id"]])
    assert [lab["id"] for lab in checked(await submitter.get("/api/labs"))["items"]] == [own["id"]]
    assert (await submitter.get(f"/api/labs/{other['id']}")).status_code == 404
    assert (await submitter.patch(f"/api/labs/{own['id']}", json={}, headers=seen(own))).status_code == 403
    assert (await submitter.post("/api/labs", json={"name": "X", "pi_name": "Y"})).status_code == 403
    assert (await product.anonymous().get("/api/labs")).status_code == 401


async def test_an_administrator_without_another_role_sees_all_labs(product: Product) -> None:
    lab, admin = await new_lab(product), await product.client("admin")
    assert checked(await admin.get(f"/api/labs/{lab['id']}"))["id"] == lab["id"]
    assert checked(await admin.get("/api/labs", params={"q": lab["name"]}))["items"][0]["id"] == lab["id"]


async def test_labs_are_listed_in_pages_by_name(product: Product) -> None:
    admin, word = await product.admin(), uuid4().hex[:8]
    for letter in "cab":
        await new_lab(product, name=f"{letter} {word}")
    first = checked(await admin.get("/api/labs", params={"q": word, "limit": 2}))
    second = checked(await admin.get("/api/labs", params={"q": word, "limit": 2, "after": first["next"]}))
    names = [lab["name"] for lab in first["items"] + second["items"]]
    assert names == [f"{letter} {word}" for letter in "abc"]
    assert second["next"] is None
    assert (await admin.get("/api/labs", params={"sort": "colour"})).status_code == 422
    assert (await admin.get("/api/labs", params={"limit": 500})).status_code == 422


async def test_a_lab_that_nobody_made_is_not_found(product: Product) -> None:
    admin = await product.admin()
    assert (await admin.get(f"/api/labs/{uuid4()}")).status_code == 404
    assert (await admin.patch(f"/api/labs/{uuid4()}", json={}, headers={"If-Match": '"v1"'})).status_code == 404


async def test_a_change_of_a_lab_is_announced_with_before_and_after(product: Product) -> None:
    admin, lab = await product.admin(), await new_lab(product)
    checked(await admin.patch(f"/api/labs/{lab['id']}", json={"pi_name": "Dr Mensah"}, headers=seen(lab)))

    async def logged() -> list[dict[str, object]]:
        entries = checked(await admin.get("/api/audit/entries", params={"object_id": lab["id"]}))["items"]
        return list(entries) if len(entries) == 2 else []

    changed, created = await product.eventually(logged)
    assert (created["type"], created["lab_id"]) == ("lab.changed", lab["id"])
    assert changed["changes"] == [{"field": "pi_name", "before": "Dr Okafor", "after": "Dr Mensah"}]
