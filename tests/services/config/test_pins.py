"""PINs on shared tablets: taken where a password began, five times at most, and worth nothing elsewhere."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from nanopore_tracking.services.config.devices import model
from tests.services.config.conftest import PASSWORD, Config

PIN = "2580"
SWITCH = "/api/auth/sessions/pin"


@dataclass(frozen=True)
class Tablet:
    """A tablet that ada shared; token: of the tablet; ada: her session, which a password opened on it."""

    config: Config
    token: str
    ada: dict[str, Any]

    async def go_on(self, opened: Any, pin: str = PIN, **said: Any) -> httpx.Response:
        """Type the PIN of the person of a session at the tablet."""
        body = {"device_token": self.token, "account_id": opened["account"]["id"], "pin": pin, **said}
        return await self.config.post(SWITCH, body)

    async def sign_in(self, username: str) -> dict[str, Any]:
        """Sign in fully at the tablet."""
        body = {"username": username, "password": PASSWORD, "device_token": self.token}
        answer = await self.config.post("/api/auth/sessions", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def ready(self) -> dict[str, bool]:
        """Return whose PIN is taken, by name."""
        answer = await self.config.post("/api/auth/devices/people", {"device_token": self.token})
        return {one["name"]: one["ready"] for one in answer.json()["items"]}


async def _with_pin(config: Config, username: str, *roles: str) -> dict[str, Any]:
    await config.person(username, *roles)
    opened = (await config.sign_in(username)).json()
    done = await config.post("/api/auth/pin", {"current": PASSWORD, "pin": PIN}, token=opened["access_token"])
    assert done.status_code == 204, done.text
    return dict(opened)


@pytest.fixture
async def tablet(config: Config) -> Tablet:
    """A tablet that ada shared today, and grace, who has a PIN and was not there yet."""
    ada = await _with_pin(config, "ada", "technician")
    shared = await config.post("/api/auth/devices", {}, token=ada["access_token"])
    assert shared.status_code == 200, shared.text
    await _with_pin(config, "grace", "technician")
    return Tablet(config, shared.json()["device_token"], ada)


async def test_a_person_goes_on_with_a_pin_and_the_session_before_ends(tablet: Tablet) -> None:
    config, grace = tablet.config, await tablet.sign_in("grace")
    went = await tablet.go_on(tablet.ada, session_token=grace["session_token"])
    before = await config.post("/api/auth/sessions/refresh", {"session_token": grace["session_token"]})
    (opened,) = [each for each in await config.events("session.opened") if each["data"]["means"] == "pin"]
    closed = [each["data"] for each in await config.events("session.closed") if each["data"]["cause"] == "switched"]

    assert went.status_code == 201
    assert went.json()["account"]["username"] == "ada"
    assert before.status_code == 401
    assert opened["data"]["device_id"]
    assert opened["actor"]["name"] == "Ada"
    assert [each["username"] for each in closed] == ["grace"]


async def test_the_session_of_a_pin_is_worth_nothing_away_from_the_tablet(tablet: Tablet) -> None:
    went = (await tablet.go_on(tablet.ada)).json()
    asked = {"session_token": went["session_token"]}
    away = await tablet.config.post("/api/auth/sessions/refresh", asked)
    here = await tablet.config.post("/api/auth/sessions/refresh", asked | {"device_token": tablet.token})

    assert (away.status_code, here.status_code) == (401, 200)
    assert went["ends_at"] == tablet.ada["ends_at"]


async def test_after_five_wrong_pins_only_the_password_opens_that_tablet(tablet: Tablet) -> None:
    answers = [await tablet.go_on(tablet.ada, "1379") for _ in range(model.MOST_FAILURES)]
    right = await tablet.go_on(tablet.ada)
    refused = [each["data"]["cause"] for each in await tablet.config.events("session.refused")]

    assert [answer.json()["type"] for answer in answers] == ["pin-refused"] * 4 + ["full-sign-in-needed"]
    assert "after 1 more try" in answers[3].json()["detail"]
    assert (right.status_code, right.json()["type"]) == (401, "full-sign-in-needed")
    assert refused == ["wrong_pin"] * 5 + ["pin_not_taken"]
    assert await tablet.ready() == {"Ada": False}
    await tablet.sign_in("ada")
    assert (await tablet.go_on(tablet.ada)).status_code == 201


async def test_wrong_pins_sent_at_once_are_not_more_than_five(tablet: Tablet) -> None:
    answers = await asyncio.gather(*(tablet.go_on(tablet.ada, f"13{number}9") for number in range(8)))
    looked_at = [each for each in await tablet.config.events("session.refused") if each["data"]["cause"] == "wrong_pin"]

    assert {answer.status_code for answer in answers} == {401}
    assert len(looked_at) == model.MOST_FAILURES
    assert (await tablet.go_on(tablet.ada)).status_code == 401


async def test_a_right_pin_forgets_the_wrong_ones(tablet: Tablet) -> None:
    for _ in range(2):
        await asyncio.gather(*(tablet.go_on(tablet.ada, "1379") for _ in range(4)))
        assert (await tablet.go_on(tablet.ada)).status_code == 201


async def test_a_pin_is_taken_only_of_people_who_signed_in_there_within_the_life_of_a_session(tablet: Tablet) -> None:
    grace = (await tablet.config.sign_in("grace")).json()
    elsewhere = await tablet.go_on(grace)
    await tablet.config.rows("UPDATE device_person SET signed_in_at = signed_in_at - interval '13 hours'")
    late = await tablet.go_on(tablet.ada)

    assert (elsewhere.status_code, late.status_code) == (401, 401)
    assert await tablet.ready() == {"Ada": False}


async def test_without_the_token_of_a_tablet_no_pin_is_looked_at(tablet: Tablet) -> None:
    body = {"device_token": "guessed", "account_id": tablet.ada["account"]["id"], "pin": PIN}
    refused = await tablet.config.post(SWITCH, body)
    people = await tablet.config.post("/api/auth/devices/people", {"device_token": "guessed"})

    assert (refused.status_code, refused.json()["type"]) == (401, "device-not-shared")
    assert people.status_code == 401


async def test_a_pin_is_not_enough_for_what_would_outlive_it(tablet: Tablet) -> None:
    config, admin = tablet.config, (await tablet.config.sign_in("admin")).json()
    await config.post("/api/auth/pin", {"current": PASSWORD, "pin": PIN}, token=admin["access_token"])
    await tablet.sign_in("admin")
    token = (await tablet.go_on(admin)).json()["access_token"]
    account = {"username": "eve", "name": "Eve", "roles": ["admin"]}
    asked = {"name": "mine", "roles": ["admin"], "expires_at": admin["ends_at"]}
    tries = [
        await config.post("/api/tokens", asked, token=token),
        await config.post("/api/accounts", account, token=token),
        await config.post(f"/api/accounts/{tablet.ada['account']['id']}/link", {}, token=token),
        await config.post("/api/auth/devices", {"device_token": tablet.token}, token=token),
    ]

    assert [answer.status_code for answer in tries] == [403] * 4
    assert {answer.json()["type"] for answer in tries} == {"full-sign-in-needed"}
    assert (await config.get("/api/accounts", token)).status_code == 200


async def test_a_pin_is_set_with_the_password_and_told_as_set_only(config: Config) -> None:
    ada = await _with_pin(config, "ada", "technician")
    token = ada["access_token"]
    wrong = await config.post("/api/auth/pin", {"current": "no", "pin": "9173"}, token=token)
    weak = [
        await config.post("/api/auth/pin", {"current": PASSWORD, "pin": pin}, token=token) for pin in ("4444", "3456")
    ]
    me = (await config.get("/api/auth/me", token)).json()
    told = str(await config.events("account.changed")) + str(me)
    (kept,) = await config.rows("SELECT pin_hash FROM pin")

    assert (wrong.status_code, wrong.json()["type"]) == (422, "wrong-password")
    assert [answer.status_code for answer in weak] == [422, 422]
    assert me["has_pin"] is True
    assert "argon2" not in told
    assert kept["pin_hash"].startswith("$argon2id$")


async def test_a_new_password_or_no_pin_takes_a_person_off_all_tablets(tablet: Tablet) -> None:
    config, token = tablet.config, tablet.ada["access_token"]
    assert await tablet.ready() == {"Ada": True}
    asked = {"current": PASSWORD, "new": "a rather different harbour"}
    assert (await config.post("/api/auth/password", asked, token=token)).status_code == 204
    assert await tablet.ready() == {}
    assert (await config.post("/api/auth/devices", {"device_token": tablet.token}, token=token)).status_code == 200
    assert await tablet.ready() == {"Ada": True}
    await config.post("/api/auth/pin/removal", None, token=token)
    assert await tablet.ready() == {}
    refused = await config.post("/api/auth/devices", {"device_token": tablet.token}, token=token)
    assert (refused.status_code, refused.json()["type"]) == (409, "no-pin")


async def test_a_manager_sees_the_tablets_and_takes_one_back(tablet: Tablet) -> None:
    config = tablet.config
    went, full = (await tablet.go_on(tablet.ada)).json(), await tablet.sign_in("grace")
    await config.person("maria", "facility_manager")
    maria = (await config.sign_in("maria")).json()
    manager, path = maria["access_token"], "/api/auth/devices"
    listed = await config.get(path, token=manager)
    (found,) = listed.json()["items"]
    assert (found["shared_by"], found["open_sessions"]) == ("Ada", 3)
    assert [(one["name"], one["ready"]) for one in found["people"]] == [("Ada", True), ("Grace", True)]
    assert (await config.get(path, token=tablet.ada["access_token"])).status_code == 403
    take = f"{path}/{found['id']}/revocation"
    assert (await config.post(take, {}, token=tablet.ada["access_token"])).status_code == 403

    taken = await config.post(take, {"reason": "Lost on the train."}, token=manager)

    assert (taken.status_code, taken.json()["revoked_by"], taken.json()["people"]) == (200, "Maria", [])
    assert (await tablet.go_on(tablet.ada)).json()["type"] == "device-not-shared"
    for opened in (went, full, tablet.ada):
        asked = {"session_token": opened["session_token"], "device_token": tablet.token}
        assert (await config.post("/api/auth/sessions/refresh", asked)).status_code == 401
    causes = [each["data"]["cause"] for each in await config.events("session.closed")]
    assert causes == ["tablet_revoked"] * 3
    elsewhere = {"session_token": maria["session_token"]}
    assert (await config.post("/api/auth/sessions/refresh", elsewhere)).status_code == 200
    assert [each["data"]["reason"] for each in await config.events("device.revoked")] == ["Lost on the train."]
    assert (await config.post(take, {}, token=manager)).status_code == 404
    assert (await config.get(f"{path}?revoked=false", token=manager)).json()["items"] == []
