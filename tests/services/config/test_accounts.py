"""Accounts over HTTP: who may do what with them, and what a change of one does to its owner."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from nanopore_tracking.contracts import access
from tests.services.config.conftest import PASSWORD, Config

NEW = {"username": "alice", "name": "Alice Okafor", "email": "alice@example.org", "roles": ["submitter"]}


async def _create(config: Config, admin: str, **values: Any) -> dict[str, Any]:
    made = await config.post("/api/accounts", NEW | values, token=admin)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def test_an_account_is_created_without_a_password_and_listed(config: Config) -> None:
    admin, lab_id = await config.admin(), str(uuid4())
    made = await _create(config, admin, lab_ids=[lab_id, lab_id])
    shown = await config.get(f"/api/accounts/{made['id']}", admin)
    listed = (await config.get(f"/api/accounts?role=submitter&lab_id={lab_id}&q=okafor", admin)).json()

    assert (made["has_password"], made["lab_ids"], made["version"]) == (False, [lab_id], 1)
    assert shown.json() == made
    assert shown.headers["ETag"] == '"v1"'
    assert listed == {"items": [made], "next": None}
    assert (await config.sign_in("alice", "")).status_code == 422


async def test_a_username_is_taken_once_whatever_its_letters(config: Config) -> None:
    admin = await config.admin()
    await _create(config, admin)
    again = await config.post("/api/accounts", NEW | {"username": "ALICE"}, token=admin)

    assert (again.status_code, again.json()["type"]) == (409, "already-exists")
    assert again.json()["errors"][0]["path"] == "username"


async def test_accounts_are_read_page_by_page(config: Config) -> None:
    admin = await config.admin()
    for number in range(5):
        await _create(config, admin, username=f"person{number}")
    names, path = [], "/api/accounts?limit=2&sort=-username"
    while path:
        page = (await config.get(path, admin)).json()
        names += [item["username"] for item in page["items"]]
        path = f"/api/accounts?limit=2&sort=-username&after={page['next']}" if page["next"] else ""

    assert names == ["person4", "person3", "person2", "person1", "person0", "admin"]


STRANGE: tuple[dict[str, Any], ...] = (
    {"id": str(uuid4())},
    {"active": False},
    {"password_hash": "x"},
    {"password": PASSWORD},
    {"version": 9},
    {"roles": ["service"]},
    {"roles": ["root"]},
    {"username": "alice okafor"},
    {"username": "a\u202eb"},
    {"email": "not an address"},
    {"name": "   "},
    {"name": "a\x00b"},
    {"name": "Robin \u202eegatnaV"},
)


async def test_nothing_but_what_is_asked_for_can_be_set(config: Config) -> None:
    admin = await config.admin()
    answers = [await config.post("/api/accounts", NEW | more, token=admin) for more in STRANGE]

    assert [answer.status_code for answer in answers] == [422] * len(STRANGE)


async def test_a_change_names_what_was_before_and_after(config: Config) -> None:
    admin = await config.admin()
    made = await _create(config, admin)
    path = f"/api/accounts/{made['id']}"
    body = {"name": "Alice Brandt", "roles": ["viewer", "submitter"]}
    changed = await config.change("PATCH", path, body, token=admin, version=1)
    event = (await config.events("account.changed"))[-1]

    assert (changed.status_code, changed.json()["version"], changed.headers["ETag"]) == (200, 2, '"v2"')
    assert {change["field"]: (change["before"], change["after"]) for change in event["changes"]} == {
        "name": ("Alice Okafor", "Alice Brandt"),
        "roles": (["submitter"], ["submitter", "viewer"]),
    }
    assert event["actor"]["name"] == "Administrator"
    assert event["subject"] == {"kind": "account", "id": made["id"], "code": "alice"}


async def test_a_change_of_something_that_changed_meanwhile_is_refused(config: Config) -> None:
    admin = await config.admin()
    made = await _create(config, admin)
    path = f"/api/accounts/{made['id']}"
    await config.change("PATCH", path, {"name": "Alice Brandt"}, token=admin, version=1)
    stale = await config.change("PATCH", path, {"name": "Alice Chen"}, token=admin, version=1)
    async with config.client(admin) as client:
        unseen = await client.patch(path, json={"name": "Alice Chen"})
    unknown = await config.change("PATCH", f"/api/accounts/{uuid4()}", {"name": "A"}, token=admin, version=1)

    assert (stale.status_code, stale.json()["version"]) == (412, 2)
    assert unseen.status_code == 428
    assert unknown.status_code == 404
    assert (await config.get(path, admin)).json()["name"] == "Alice Brandt"


async def test_who_is_deactivated_is_out_at_once_and_stays_out(config: Config) -> None:
    opened = await config.person("alice", "submitter")
    admin = await config.admin()
    shown = (await config.get(f"/api/accounts/{opened['account']['id']}", admin)).json()
    path = f"/api/accounts/{shown['id']}"
    await config.change("PATCH", path, {"active": False}, token=admin, version=shown["version"])
    refresh = await config.post("/api/auth/sessions/refresh", {"session_token": opened["session_token"]})
    signed_in = await config.sign_in("alice")
    link = await config.post(f"{path}/link", {}, token=admin)
    await config.change("PATCH", path, {"active": True}, token=admin, version=shown["version"] + 1)
    old_session = await config.post("/api/auth/sessions/refresh", {"session_token": opened["session_token"]})

    assert (refresh.status_code, signed_in.status_code, link.status_code) == (401, 401, 409)
    assert old_session.status_code == 401
    assert (await config.sign_in("alice")).status_code == 201
    assert [event["data"]["cause"] for event in await config.events("session.closed")] == ["account_deactivated"]


async def test_roles_are_read_anew_at_each_refresh(config: Config) -> None:
    opened = await config.person("alice", "auditor")
    admin = await config.admin()
    before = await config.get("/api/accounts", opened["access_token"])
    shown = (await config.get(f"/api/accounts/{opened['account']['id']}", admin)).json()
    path = f"/api/accounts/{shown['id']}"
    await config.change("PATCH", path, {"roles": []}, token=admin, version=shown["version"])
    again = await config.post("/api/auth/sessions/refresh", {"session_token": opened["session_token"]})

    assert before.status_code == 200
    assert (await config.get("/api/accounts", again.json()["access_token"])).status_code == 403


async def test_the_last_administrator_stays_even_when_two_remove_each_other(config: Config) -> None:
    admin = await config.admin()
    own = (await config.get("/api/auth/me", admin)).json()
    path = f"/api/accounts/{own['id']}"
    alone = await config.change("PATCH", path, {"active": False}, token=admin, version=own["version"])
    second = await config.person("bob", "admin")
    shown = (await config.get(f"/api/accounts/{second['account']['id']}", admin)).json()
    token = (await config.sign_in("bob")).json()["access_token"]
    answers = await asyncio.gather(
        config.change("PATCH", path, {"roles": []}, token=token, version=own["version"]),
        config.change("PATCH", f"/api/accounts/{shown['id']}", {"roles": []}, token=admin, version=shown["version"]),
    )

    assert (alone.status_code, alone.json()["type"]) == (409, "last-administrator")
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_link_made_later_ends_the_one_before(config: Config) -> None:
    admin = await config.admin()
    made = await _create(config, admin)
    path = f"/api/accounts/{made['id']}/link"
    first, second = [(await config.post(path, {}, token=admin)).json()["link"] for _ in range(2)]

    assert (await config.post("/api/auth/sessions", {"link": first})).status_code == 401
    assert (await config.post("/api/auth/sessions", {"link": second})).status_code == 201
    assert len(await config.events("account.link_made")) == 2
    assert first not in str(await config.events())


async def test_a_link_is_used_once_however_many_try(config: Config) -> None:
    admin = await config.admin()
    made = await _create(config, admin)
    link = (await config.post(f"/api/accounts/{made['id']}/link", {}, token=admin)).json()["link"]
    answers = await asyncio.gather(*(config.post("/api/auth/sessions", {"link": link}) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [201] + [401] * 7


async def test_a_link_is_shown_once_also_under_an_idempotency_key(config: Config) -> None:
    admin = await config.admin()
    made = await _create(config, admin)
    async with config.client(admin) as client:
        path, headers = f"/api/accounts/{made['id']}/link", {"Idempotency-Key": "link-1"}
        first, again = [await client.post(path, json={}, headers=headers) for _ in range(2)]

    assert (first.status_code, again.status_code, again.json()["type"]) == (201, 409, "done-already")


ROUTES = (
    ("GET", "/api/accounts", "accounts.read"),
    ("POST", "/api/accounts", "accounts.write"),
    ("PATCH", f"/api/accounts/{uuid4()}", "accounts.write"),
    ("POST", f"/api/accounts/{uuid4()}/link", "accounts.write"),
    ("GET", "/api/settings", "settings.read"),
    ("PUT", "/api/settings/time_zone", "settings.write"),
    ("GET", "/api/catalogues", "catalogues.read"),
    ("PUT", "/api/catalogues/kits", "catalogues.write"),
)


@pytest.mark.parametrize("role", access.ROLES)
async def test_every_role_may_do_what_the_table_says_and_nothing_else(config: Config, role: str) -> None:
    token = (await config.person("alice", role))["access_token"]
    may = access.permissions_of(frozenset({role}))
    async with config.client(token) as client:
        answers = {
            (method, path): (await client.request(method, path, json=None if method == "GET" else {})).status_code
            for method, path, _ in ROUTES
        }

    for method, path, permission in ROUTES:
        assert (answers[method, path] != 403) == (permission in may), (method, path)


async def test_nothing_is_answered_without_a_token(config: Config) -> None:
    forged = {"Authorization": "Bearer a.b.c", "X-User-Id": "admin"}
    async with config.client() as client:
        for method, path, _ in ROUTES:
            body: dict[str, Any] | None = None if method == "GET" else {}
            assert (await client.request(method, path, json=body)).status_code == 401
            assert (await client.request(method, path, json=body, headers=forged)).status_code == 401
