"""Who sees which entries: managers all, administrators what belongs to no lab, everybody what they did themselves."""

from uuid import uuid4

import pytest

from tests.harness.product import Product, checked
from tests.services.audit.reading import ENTRIES, Done, done, logged


@pytest.fixture(scope="module")
async def facts(product: Product) -> Done:
    """One sample, registered and changed by bob."""
    made = await done(product)
    await logged(product, await product.client("facility_manager"), 1, request_id=made.changed)
    return made


async def test_technicians_see_their_own_entries_only(product: Product, facts: Done) -> None:
    manager, other = await product.client("facility_manager"), await product.client("technician")

    mine = await logged(product, facts.bob.client, 2)

    assert {entry["actor"]["id"] for entry in mine} == {str(facts.bob.id)}
    assert {facts.registered, facts.changed} <= {entry["request_id"] for entry in mine}
    asked = {"object_id": facts.sample["id"]}
    assert checked(await other.get(ENTRIES, params=asked))["items"] == []
    sequence = (await logged(product, manager, 2, **asked))[0]["sequence"]
    assert (await facts.bob.client.get(f"{ENTRIES}/{sequence}")).status_code == 200
    assert (await other.get(f"{ENTRIES}/{sequence}")).status_code == 404


async def test_managers_and_auditors_see_everything(product: Product, facts: Done) -> None:
    for role in ("facility_manager", "auditor"):
        client = await product.client(role)
        assert len(await logged(product, client, 2, object_id=facts.sample["id"])) == 2
        assert await logged(product, client, 1, object_kind="account", object_id=str(facts.bob.id))


async def test_administrators_see_what_belongs_to_no_lab_and_what_they_did(product: Product, facts: Done) -> None:
    admin = await product.member("admin")
    lab = checked(await admin.client.post("/api/labs", json={"name": f"Lab {uuid4().hex}", "pi_name": "Dr Okafor"}))

    assert await logged(product, admin.client, 1, object_kind="account", object_id=str(facts.bob.id))
    assert checked(await admin.client.get(ENTRIES, params={"object_id": facts.sample["id"]}))["items"] == []
    assert await logged(product, admin.client, 1, object_id=lab["id"])
    seen = await logged(product, admin.client, 1)
    assert all(entry["lab_id"] is None or entry["actor"]["id"] == str(admin.id) for entry in seen)


@pytest.mark.parametrize("role", ["submitter", "viewer"])
async def test_the_log_is_not_searched_by_everybody(product: Product, facts: Done, role: str) -> None:
    client = await product.client(role, labs=[facts.desk.lab_id])

    for path in (ENTRIES, f"{ENTRIES}/1", "/api/audit/state"):
        assert (await client.get(path)).status_code == 403
        assert (await product.anonymous().get(path)).status_code == 401


async def test_the_history_of_an_object_is_told_to_its_own_lab(product: Product, facts: Done) -> None:
    path = f"/api/audit/history/sample/{facts.sample['id']}"

    for client in (facts.desk.submitter, facts.desk.staff, await product.client("viewer")):
        types = [entry["type"] for entry in checked(await client.get(path))["items"]]
        assert types == ["sample.changed", "sample.created"]
    assert checked(await facts.desk.stranger.get(path)) == {"items": [], "next": None}
    assert checked(await facts.desk.submitter.get(path.replace("sample/", "project/")))["items"] == []
    assert (await facts.desk.submitter.get("/api/audit/history/sample/42")).status_code in (404, 422)


async def test_the_history_of_what_belongs_to_no_lab_is_for_those_who_search_the_log(
    product: Product, facts: Done
) -> None:
    await logged(product, await product.client("auditor"), 1, object_id=str(facts.bob.id))
    path = f"/api/audit/history/account/{facts.bob.id}"

    for client in (facts.desk.submitter, facts.desk.staff, await product.client("viewer")):
        assert checked(await client.get(path))["items"] == []


async def test_history_is_read_page_by_page(product: Product, facts: Done) -> None:
    path = f"/api/audit/history/sample/{facts.sample['id']}"

    first = checked(await facts.desk.submitter.get(path, params={"limit": 1}))
    second = checked(await facts.desk.submitter.get(path, params={"limit": 1, "after": first["next"]}))

    assert [entry["type"] for entry in (*first["items"], *second["items"])] == ["sample.changed", "sample.created"]
    assert second["next"] is None
    assert (await facts.desk.submitter.get(path, params={"sort": "colour"})).status_code == 422
