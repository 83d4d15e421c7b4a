"""Saved views over HTTP: one's own, shared ones, and the one that a list begins with."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx

from tests.services.config.conftest import Config

LAB = str(uuid4())


def _body(**values: Any) -> dict[str, Any]:
    return {
        "of": "samples",
        "name": "Late in QC",
        "filters": {"stage": "sample_qc", "overdue": "true"},
        "sort": "due",
        "columns": ["name", "due"],
    } | values


async def _staff(config: Config, name: str = "bea") -> str:
    return str((await config.person(name, "technician"))["access_token"])


async def _made(config: Config, token: str, **values: Any) -> dict[str, Any]:
    answer = await config.post("/api/views", _body(**values), token=token)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def _names(config: Config, token: str) -> list[str]:
    return [item["name"] for item in (await config.get("/api/views?of=samples", token)).json()["items"]]


async def _removed(config: Config, view: dict[str, Any], token: str, version: int) -> httpx.Response:
    return await config.change("DELETE", f"/api/views/{view['id']}", {}, token=token, version=version)


async def test_a_view_is_kept_changed_and_removed_by_its_owner(config: Config) -> None:
    token = await _staff(config)
    made = await _made(config, token)
    assert (made["filters"], made["sort"], made["columns"]) == (_body()["filters"], "due", ["name", "due"])
    assert (made["owner"], made["mine"], made["shared"], made["is_default"]) == ("Bea", True, False, False)
    path = f"/api/views/{made['id']}"
    changed = await config.change("PATCH", path, {"name": "Late"}, token=token, version=made["version"])
    stale = await config.change("PATCH", path, {"name": "Later"}, token=token, version=made["version"])
    assert (changed.status_code, changed.json()["name"], stale.status_code) == (200, "Late", 412)
    assert (await config.get(path, token)).json()["columns"] == ["name", "due"], "what was left out stays"
    assert (await _removed(config, made, token, made["version"])).status_code == 412
    assert (await _removed(config, made, token, 2)).status_code == 204
    assert await _names(config, token) == []
    told = [event["type"] for event in await config.events("view.")]
    assert told == ["view.created", "view.changed", "view.deleted"]


async def test_a_name_is_taken_once_for_each_owner(config: Config) -> None:
    token, other = await _staff(config), await _staff(config, "cleo")
    await _made(config, token)
    again = await config.post("/api/views", _body(name="late in qc "), token=token)
    assert (again.status_code, again.json()["errors"][0]["path"]) == (409, "name")
    await _made(config, other)
    second = await _made(config, token, name="Second")
    renamed = {"name": "LATE IN QC"}
    refused = await config.change("PATCH", f"/api/views/{second['id']}", renamed, token=token, version=1)
    assert refused.status_code == 409
    assert await _names(config, token) == ["Late in QC", "Second"]


async def test_what_makes_no_sense_is_refused(config: Config) -> None:
    token = await _staff(config)
    wrong: tuple[dict[str, Any], ...] = (
        {"name": "  "},
        {"columns": ["name", "name"]},
        {"columns": ["Name; --"]},
        {"filters": {"q": "x" * 201}},
        {"of": "submissions"},
        {"colour": "red"},
    )
    for values in wrong:
        answer = await config.post("/api/views", _body(**values), token=token)
        assert answer.status_code in (400, 422), (values, answer.text)
    assert await _names(config, token) == []


async def test_a_shared_view_is_seen_by_staff_and_changed_by_its_owner_alone(config: Config) -> None:
    token, other = await _staff(config), await _staff(config, "cleo")
    customer = (await config.person("dora", "submitter", lab_ids=(LAB,)))["access_token"]
    mine = await _made(config, token)
    path = f"/api/views/{mine['id']}"
    for stranger in (other, customer):
        assert await _names(config, stranger) == []
        assert (await config.get(path, stranger)).status_code == 404
    shared = await config.change("PATCH", path, {"shared": True}, token=token, version=1)
    assert shared.json()["shared"]
    seen = (await config.get(path, other)).json()
    assert (seen["owner"], seen["mine"]) == ("Bea", False)
    assert await _names(config, customer) == []
    assert (await config.get(path, customer)).status_code == 404
    assert (await config.change("PATCH", path, {"name": "Mine"}, token=other, version=2)).status_code == 403
    assert (await _removed(config, mine, other, 2)).status_code == 403
    assert (await config.change("PATCH", path, {"name": "Mine"}, token=customer, version=2)).status_code == 404


async def test_who_is_limited_to_labs_keeps_views_and_shares_none(config: Config) -> None:
    customer = (await config.person("dora", "submitter", lab_ids=(LAB,)))["access_token"]
    made = await _made(config, customer)
    shared = await config.post("/api/views", _body(name="For all", shared=True), token=customer)
    change = await config.change("PATCH", f"/api/views/{made['id']}", {"shared": True}, token=customer, version=1)
    assert (shared.status_code, change.status_code) == (403, 403)
    assert await _names(config, customer) == ["Late in QC"]
    async with config.client() as nobody:
        assert (await nobody.get("/api/views")).status_code == 401


async def test_a_list_begins_with_one_view_at_the_most(config: Config) -> None:
    token, other = await _staff(config), await _staff(config, "cleo")
    first, second = await _made(config, token, shared=True), await _made(config, token, name="Second")

    async def choose(view: dict[str, Any], by: str, is_default: bool = True) -> int:
        asked = {"is_default": is_default}
        return (await config.post(f"/api/views/{view['id']}/default", asked, token=by)).status_code

    async def begins_with(by: str) -> list[str]:
        items = (await config.get("/api/views", by)).json()["items"]
        return [item["name"] for item in items if item["is_default"]]

    assert [await choose(first, token), await choose(second, token), await choose(first, other)] == [200] * 3
    assert (await begins_with(token), await begins_with(other)) == (["Second"], ["Late in QC"])
    assert await choose(second, other) == 404
    await choose(second, token, is_default=False)
    assert await begins_with(token) == []
    await choose(first, token)
    await config.change("PATCH", f"/api/views/{first['id']}", {"shared": False}, token=token, version=1)
    await config.change("PATCH", f"/api/views/{first['id']}", {"shared": True}, token=token, version=2)
    assert (await begins_with(token), await begins_with(other)) == (["Late in QC"], []), "it was not theirs meanwhile"
    assert (await _removed(config, first, token, 3)).status_code == 204
    assert await begins_with(token) == []


async def test_of_many_views_kept_at_once_no_more_than_the_limit_are_there(config: Config) -> None:
    token = await _staff(config)
    for start in range(0, 98, 14):
        await asyncio.gather(*(_made(config, token, name=f"View {start + n}") for n in range(14)))
    answers = await asyncio.gather(*(config.post("/api/views", _body(name=f"More {n}"), token=token) for n in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409, 409]


async def _closed(config: Config, username: str) -> None:
    """Close an account, as the administrator."""
    admin = await config.admin()
    found = (await config.get("/api/accounts?limit=200", admin)).json()["items"]
    (account,) = [item for item in found if item["username"] == username]
    path = f"/api/accounts/{account['id']}"
    done = await config.change("PATCH", path, {"active": False}, token=admin, version=account["version"])
    assert done.status_code == 200, done.text


async def test_a_manager_takes_over_or_removes_what_somebody_shared_who_left(config: Config) -> None:
    token, other = await _staff(config), await _staff(config, "cleo")
    manager = str((await config.person("max", "facility_manager"))["access_token"])
    kept, removed = await _made(config, token, shared=True), await _made(config, token, name="Old", shared=True)
    own = await _made(config, token, name="Her own")
    path = f"/api/views/{kept['id']}"

    open_ = await config.change("POST", f"{path}/takeover", {}, token=manager, version=1)
    assert (open_.status_code, "account is open" in open_.json()["detail"]) == (403, True)
    assert (await _removed(config, removed, manager, 1)).status_code == 403
    await _closed(config, "bea")

    assert (await config.get(path, manager)).json()["owner_left"] is True
    assert (await config.change("POST", f"{path}/takeover", {}, token=other, version=1)).status_code == 403
    assert (await _removed(config, removed, other, 1)).status_code == 403
    assert (await _removed(config, own, manager, 1)).status_code == 404, "what was not shared is nobody else's"
    assert (await config.change("POST", f"{path}/takeover", {}, token=manager, version=7)).status_code == 412
    taken = (await config.change("POST", f"{path}/takeover", {}, token=manager, version=1)).json()
    assert (taken["owner"], taken["mine"], taken["shared"], taken["owner_left"]) == ("Max", True, True, False)
    assert (await _removed(config, removed, manager, 1)).status_code == 204
    assert await _names(config, other) == ["Late in QC"]

    changed, deleted = (await config.events("view."))[-2:]
    assert [change["field"] for change in changed["changes"]] == ["owner"]
    assert (changed["changes"][0]["before"], changed["changes"][0]["after"]) == ("Bea", "Max")
    assert (deleted["type"], deleted["actor"]["name"]) == ("view.deleted", "Max")


async def test_a_view_is_not_taken_over_where_one_has_one_of_its_name(config: Config) -> None:
    token = await _staff(config)
    manager = str((await config.person("max", "facility_manager"))["access_token"])
    left = await _made(config, token, shared=True)
    await _made(config, manager)
    await _closed(config, "bea")
    path = f"/api/views/{left['id']}/takeover"
    refused = await config.change("POST", path, {}, token=manager, version=1)
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (409, "name")
