"""Signing in and out, over HTTP on a real database."""

import asyncio
import statistics
import time
from pathlib import Path

import httpx
import pytest

from nanopore_tracking.services.config.attempts.model import ACCOUNT, ADDRESS
from tests.harness.engines import TestDatabase
from tests.services.config.conftest import PASSWORD, Config, running


async def test_the_first_administrator_signs_in_with_the_given_password(config: Config) -> None:
    opened = (await config.sign_in("ADMIN")).json()
    me = await config.get("/api/auth/me", opened["access_token"])

    assert opened["token_type"] == "Bearer"
    assert opened["must_set_password"] is False
    assert opened["account"]["username"] == "admin"
    assert set(opened["account"]["roles"]) == {"admin", "facility_manager"}
    assert me.json()["id"] == opened["account"]["id"]
    assert not config.first_link.exists()


async def test_a_wrong_password_and_an_unknown_account_are_told_the_same_in_the_same_time(config: Config) -> None:
    answers: dict[str, httpx.Response] = {}
    times_s: dict[str, list[float]] = {"admin": [], "nobody": []}
    for number in range(5):
        for username, taken_s in times_s.items():
            started_s = time.perf_counter()
            answers[username] = await config.sign_in(username, "wrong", address=f"198.51.100.{number}")
            taken_s.append(time.perf_counter() - started_s)
    told = [answer.json() | {"request_id": ""} for answer in answers.values()]

    assert told[0] == told[1]
    assert told[0]["status"] == 401
    assert statistics.median(times_s["admin"]) < 3 * statistics.median(times_s["nobody"])
    assert statistics.median(times_s["nobody"]) < 3 * statistics.median(times_s["admin"])


@pytest.mark.parametrize("username", ["admin", "nobody"])
async def test_after_a_few_failures_there_is_a_wait_whether_there_is_such_an_account_or_not(
    config: Config, username: str
) -> None:
    answers = [await config.sign_in(username, "wrong") for _ in range(ACCOUNT.free + 2)]
    refused = answers[-1]

    assert [answer.status_code for answer in answers] == [401] * (ACCOUNT.free + 1) + [429]
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.json()["type"] == "too-many-attempts"
    assert len(await config.events("session.refused")) == ACCOUNT.free + 1


async def test_who_fails_elsewhere_cannot_keep_the_owner_out(config: Config) -> None:
    await config.sign_in("admin", address="203.0.113.5")
    failed = [await config.sign_in("admin", "wrong", address="198.51.100.7") for _ in range(ACCOUNT.free + 2)]
    owner = await config.sign_in("admin", address="203.0.113.5")

    assert failed[-1].status_code == 429
    assert owner.status_code == 201


async def test_one_password_at_many_accounts_is_stopped_by_the_address(config: Config) -> None:
    answers = [await config.sign_in(f"person{number}", "Summer2026!!") for number in range(ADDRESS.free + 2)]
    elsewhere = await config.sign_in("admin", address="203.0.113.5")

    assert [answer.status_code for answer in answers] == [401] * (ADDRESS.free + 1) + [429]
    assert elsewhere.status_code == 201


async def test_attempts_at_the_same_time_cannot_outrun_the_count(config: Config) -> None:
    answers = await asyncio.gather(*(config.sign_in("admin", "wrong") for _ in range(40)))

    assert sum(answer.status_code == 401 for answer in answers) <= ACCOUNT.free + 4
    assert {answer.status_code for answer in answers} == {401, 429}


async def test_many_who_know_their_password_are_let_in_at_the_same_time(config: Config) -> None:
    answers = await asyncio.gather(*(config.sign_in("admin") for _ in range(30)))

    assert {answer.status_code for answer in answers} == {201}


async def test_without_a_password_the_first_administrator_gets_a_link_that_works_once(
    database: TestDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "first-link"
    async with running(database, file, "") as config:
        link = file.read_text().strip()
        opened = await config.post("/api/auth/sessions", {"link": link})
        again = await config.post("/api/auth/sessions", {"link": link})
        token = opened.json()["access_token"]
        set_first = await config.post("/api/auth/password", {"new": PASSWORD}, token=token)
        set_again = await config.post("/api/auth/password", {"new": "another harbour, six boats"}, token=token)
        by_password = await config.sign_in("admin")

    assert file.stat().st_mode & 0o777 == 0o600
    assert opened.status_code == 201
    assert opened.json()["must_set_password"] is True
    assert again.status_code == 401
    assert again.json()["type"] == "link-not-accepted"
    assert "start the product again" in again.json()["detail"]
    assert set_first.status_code == 204
    assert set_again.status_code == 422
    assert by_password.json()["must_set_password"] is False


async def test_the_first_link_is_made_anew_at_each_start_while_there_is_no_password(
    database: TestDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "first-link"
    async with running(database, file, ""):
        first = file.read_text().strip()
    async with running(database, file, "") as config:
        second = file.read_text().strip()
        by_first = await config.post("/api/auth/sessions", {"link": first})
        accounts = await config.rows("SELECT username FROM account")
    async with running(database, file, PASSWORD):
        left = file.exists()

    assert first != second
    assert by_first.status_code == 401
    assert [row["username"] for row in accounts] == ["admin"]
    assert not left


async def test_an_expired_link_is_refused(config: Config) -> None:
    admin = await config.admin()
    body = {"username": "alice", "name": "Alice", "roles": ["submitter"]}
    account = (await config.post("/api/accounts", body, token=admin)).json()
    made = (await config.post(f"/api/accounts/{account['id']}/link", {}, token=admin)).json()
    await config.rows(
        "UPDATE sign_in_link SET created_at = now() - interval '3 days', expires_at = now() - interval '1 s'"
    )

    assert made["path"] == f"/sign-in?link={made['link']}"
    assert (await config.post("/api/auth/sessions", {"link": made["link"]})).status_code == 401
    assert (await config.sign_in("alice")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "admin"},
        {"link": "x", "username": "admin"},
        {"username": "a", "password": "b", "role": "admin"},
    ],
)
async def test_a_sign_in_that_is_neither_is_refused(config: Config, body: dict[str, str]) -> None:
    assert (await config.post("/api/auth/sessions", body)).status_code == 422


async def test_a_session_is_refreshed_until_it_is_closed(config: Config) -> None:
    token = (await config.sign_in("admin")).json()["session_token"]
    first = await config.post("/api/auth/sessions/refresh", {"session_token": token})
    closed = await config.post("/api/auth/sessions/close", {"session_token": token})
    again = await config.post("/api/auth/sessions/close", {"session_token": token})
    second = await config.post("/api/auth/sessions/refresh", {"session_token": token})

    assert first.json()["session_token"] == ""
    assert (await config.get("/api/auth/me", first.json()["access_token"])).status_code == 200
    assert (closed.status_code, again.status_code) == (204, 204)
    assert second.status_code == 401
    assert second.json()["type"] == "session-ended"
    assert [event["data"]["cause"] for event in await config.events("session.closed")] == ["sign_out"]
    assert [event["actor"]["name"] for event in await config.events("session.closed")] == ["Administrator"]


@pytest.mark.parametrize(
    "column", ["last_used_at = now() - interval '31 min'", "ends_at = opened_at + interval '1 ms'"]
)
async def test_a_session_ends_by_itself(config: Config, column: str) -> None:
    token = (await config.sign_in("admin")).json()["session_token"]
    await config.rows(f"UPDATE session SET {column}")

    assert (await config.post("/api/auth/sessions/refresh", {"session_token": token})).status_code == 401


async def test_people_see_and_end_their_own_sessions_only(config: Config) -> None:
    opened, other = await config.person("alice", "submitter"), (await config.sign_in("alice")).json()
    foreign = (await config.sign_in("admin")).json()
    listed = (await config.get("/api/auth/sessions", other["access_token"])).json()["items"]
    path = "/api/auth/sessions/{}/close"
    refused = await config.post(path.format(foreign["session_id"]), {}, token=other["access_token"])
    ended = await config.post(path.format(opened["session_id"]), {}, token=other["access_token"])
    after = await config.post("/api/auth/sessions/refresh", {"session_token": opened["session_token"]})

    assert [(entry["id"], entry["current"]) for entry in listed] == [
        (other["session_id"], True),
        (opened["session_id"], False),
    ]
    assert listed[0]["address"] == "192.0.2.1"
    assert refused.status_code == 404
    assert ended.status_code == 204
    assert after.status_code == 401


async def test_a_new_password_needs_the_present_one_and_ends_all_other_sessions(config: Config) -> None:
    await config.person("alice", "submitter")
    other, here = (await config.sign_in("alice")).json(), (await config.sign_in("alice")).json()
    new = "another harbour, six boats"
    token = here["access_token"]
    wrong = await config.post("/api/auth/password", {"current": "wrong", "new": new}, token=token)
    weak = await config.post("/api/auth/password", {"current": PASSWORD, "new": "Password1234"}, token=token)
    done = await config.post("/api/auth/password", {"current": PASSWORD, "new": new}, token=token)

    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "current")
    assert (weak.status_code, weak.json()["errors"][0]["path"]) == (422, "new")
    assert done.status_code == 204
    for session, status in ((other, 401), (here, 200)):
        body = {"session_token": session["session_token"]}
        assert (await config.post("/api/auth/sessions/refresh", body)).status_code == status
    assert (await config.sign_in("alice")).status_code == 401
    assert (await config.sign_in("alice", new)).status_code == 201


async def test_a_program_gets_an_access_token_by_name_and_password(config: Config) -> None:
    given = await config.post("/api/auth/token", {"username": "admin", "password": PASSWORD})
    refused = await config.post("/api/auth/token", {"username": "admin", "password": "wrong"})

    assert given.json().keys() == {"access_token", "token_type", "expires_in"}
    assert given.json()["expires_in"] <= 3600
    assert (await config.get("/api/auth/me", given.json()["access_token"])).status_code == 200
    assert (refused.status_code, refused.json()["type"]) == (401, "sign-in-refused")
    assert [event["data"]["means"] for event in await config.events("session.opened")] == ["program"]


async def test_no_secret_is_announced_or_kept(config: Config) -> None:
    opened = await config.person("alice", "submitter")
    await config.sign_in("alice", "a wrong password that was typed")
    kept = [str(row) for table in ("account", "session", "sign_in_link", "attempt", "idempotency_key", "outbox")
            for row in await config.rows(f"SELECT t::text FROM {table} t")]  # fmt: skip
    announced = "".join(str(event) for event in await config.events())

    for secret in (PASSWORD, opened["session_token"], opened["access_token"], "a wrong password that was typed"):
        assert secret not in announced
        assert not [row for row in kept if secret in row]
    assert "argon2" not in announced


async def test_an_older_hash_is_renewed_at_the_next_sign_in(config: Config) -> None:
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    await config.rows("UPDATE account SET password_hash = $1", old)
    await config.admin()

    assert [row["password_hash"] == old for row in await config.rows("SELECT password_hash FROM account")] == [False]
    assert (await config.sign_in("admin")).status_code == 201


RUBBISH = (
    b"",
    b"null",
    b"[" * 10_000,
    b'{"username": "a\\u0000", "password": "b"}',
    b'{"username": "\\ud800", "password": "\\ud800"}',
    b'{"username": "admin", "username": "bob", "password": "b"}',
    b'{"token": "' + b"x" * 2_000 + b'"}',
    b'{"session_token": 1e400}',
    b"\xff\xfe",
)


async def test_rubbish_is_refused_and_never_a_failure(config: Config) -> None:
    paths = ("/api/auth/sessions", "/api/auth/token", "/api/auth/exchange", "/api/auth/sessions/refresh")
    headers = {"Content-Type": "application/json"}
    async with config.client() as client:
        answers = {
            (path, content): (await client.post(path, content=content, headers=headers)).status_code
            for path in paths
            for content in RUBBISH
        }

    assert {key: status for key, status in answers.items() if status != 422} == {}
