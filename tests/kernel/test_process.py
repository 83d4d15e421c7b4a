"""Services in a process: started and stopped in order, one address for all, streams of changes, dead letters."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import httpx
import pytest
from openapi_spec_validator import validate

from nanopore_tracking import process
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.auth import Signer
from nanopore_tracking.kernel.http import changes, server
from nanopore_tracking.kernel.settings import SettingsProblem
from tests.harness.engines import TestDatabase, TestEngines
from tests.harness.listener import Listener

PASSWORD = "correct horse of the first start"
KEY = Signer.new_key()
SIGNER = Signer(KEY)


@pytest.fixture
def environ(engines: TestEngines, database: TestDatabase) -> dict[str, str]:
    return {
        "CONFIG_DB_URL": database.app_url,
        "CONFIG_DB_OWNER_URL": database.owner_url,
        "NATS_URL": engines.nats_url,
        "NANOPORE_SIGNING_KEY": KEY,
        "NANOPORE_ADMIN_PASSWORD": PASSWORD,
        "NANOPORE_PASSWORD_MEMORY_KIB": "19456",
        "NANOPORE_DB_POOL_MIN": "1",
        "NANOPORE_DRAIN_S": "5",
        "LOG_LEVEL": "warning",
    }


@pytest.fixture
async def running(environ: dict[str, str]) -> AsyncIterator[process.Running]:
    async with process.running(["config"], environ, port=0, migrated=True) as found:
        yield found


@pytest.fixture
async def http(running: process.Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=running.base_url, timeout=60) as client:
        yield client


def signed(*roles: str, **claims: object) -> dict[str, str]:
    token = SIGNER.sign(
        {"sub": str(uuid4()), "name": "Alice", "username": "alice", "roles": list(roles), **claims}, 600
    )
    return {"Authorization": f"Bearer {token}"}


async def make_account(http: httpx.AsyncClient, username: str) -> str:
    sent = {"username": username, "name": username.title(), "roles": ["technician"]}
    made = await http.post("/api/accounts", json=sent, headers=signed("admin"))
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def test_what_a_process_says_about_itself(http: httpx.AsyncClient, running: process.Running) -> None:
    assert (await http.get("/health/live")).json() == {"status": "alive"}
    assert (await http.get("/health/ready")).json() == {"status": "ready"}
    health = (await http.get("/health")).json()
    assert health == {"status": "ok", "services": {"config": {"database": True, "events": True}}}
    assert (await http.post("/health")).status_code == 405
    head = await http.head("/health")
    assert (head.status_code, head.content) == (200, b"")
    metrics = (await http.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/health/live",service="process",status="200"}' in metrics
    assert "database_connection_pool_size" in metrics
    for passed_on in ("X-Forwarded-For", "Forwarded"):
        assert (await http.get("/metrics", headers={passed_on: "203.0.113.7"})).status_code == 404
    running.services["config"].runtime.stopping = True
    assert (await http.get("/health/ready")).status_code == 503
    assert (await http.get("/health/live")).status_code == 200


async def test_one_address_leads_to_every_service_and_to_nowhere_else(http: httpx.AsyncClient) -> None:
    assert (await http.get("/api/accounts")).status_code == 401
    for path in ("/", "/api", "/api/accountsx", "/api/samples", "/healthy", "//api/accounts", "/api/changes/sample"):
        answer = await http.get(path)
        assert (answer.status_code, answer.json()["type"]) == (404, "no-such-address"), path


async def test_the_description_is_valid_and_states_policies(http: httpx.AsyncClient) -> None:
    description = (await http.get("/openapi.json")).json()
    validate(description)
    assert description["paths"]["/api/accounts"]["post"]["x-policy"] == "accounts.write"
    changes_of = description["paths"]["/api/changes/config"]["get"]
    assert list(changes_of["responses"]["200"]["content"]) == ["text/event-stream"]


async def test_a_person_signs_in_and_is_let_in_everywhere(http: httpx.AsyncClient) -> None:
    asked = {"username": "admin", "password": PASSWORD}
    token = (await http.post("/api/auth/token", json=asked)).json()["access_token"]
    me = await http.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["username"] == "admin"
    listed = await http.get("/api/accounts?limit=1", headers=signed("auditor"))
    assert listed.status_code == 200
    assert (await http.get("/api/accounts", headers=signed("submitter"))).status_code == 403


async def test_changes_are_told_to_who_may_see_them(http: httpx.AsyncClient) -> None:
    manager, stranger = Listener(http, signed("facility_manager")), Listener(http, signed("submitter"))
    for listener in (manager, stranger):
        assert (await listener.until(lambda line: line.startswith(": open")))[0] == "retry: 1000"
    # The stream outlives the databases of other tests: a new numbering may begin, and that is told as `resync`.
    first = await make_account(http, "first")
    await manager.until(lambda line: first in line or line == "event: resync")
    account = await make_account(http, "bob")
    lines = await manager.until(lambda line: account in line)
    assert lines[-2] == "event: account.created"
    assert lines[-1] == f'data: {{"kind":"account","id":"{account}","code":"bob"}}'
    number = int(lines[-3].removeprefix("id: "))
    await manager.close()
    later = await make_account(http, "carol")
    again = Listener(http, signed("facility_manager") | {"Last-Event-ID": str(number)})
    missed = await again.until(lambda line: later in line)
    assert not any("resync" in line or account in line for line in missed)
    lost = Listener(http, signed("facility_manager") | {"Last-Event-ID": "what"})
    await lost.until(lambda line: line == "event: resync")
    assert not any(account in line or later in line for line in stranger.heard)
    for listener in (stranger, again, lost):
        await listener.close()
    read, refused = await http.get("/api/settings", headers=signed("viewer")), await http.get("/api/changes/config")
    assert int(read.headers["x-changes-position"]) > number
    assert refused.status_code == 401
    assert "x-changes-position" not in refused.headers


async def test_a_refused_change_is_announced_and_a_refused_look_is_not(
    http: httpx.AsyncClient, running: process.Running
) -> None:
    listener, alice = Listener(http, signed("facility_manager")), signed("viewer")
    await listener.until(lambda line: line.startswith(": open"))
    # A new numbering may begin with the first change, and is told instead of it.
    first = await make_account(http, "before-the-refusals")
    await listener.until(lambda line: first in line or line == "event: resync")
    for _ in range(3):
        assert (await http.post("/api/accounts", json={}, headers=alice)).status_code == 403
    assert (await http.get("/api/accounts", headers=signed("viewer"))).status_code == 403
    assert (await http.post("/api/accounts", json={})).status_code == 401
    runtime = running.services["config"].runtime
    await runtime.refusals.announce(runtime.db)
    lines = await listener.until(lambda line: "Alice" in line)
    assert "event: access.refused" in lines
    assert sum("Alice" in line for line in lines) == 1
    await listener.close()


async def test_a_stream_ends_when_its_token_does(http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "SIGN_OF_LIFE_S", 0.2)
    monkeypatch.setattr("nanopore_tracking.kernel.auth.LEEWAY_S", 0)
    token = SIGNER.sign({"sub": "a1", "username": "alice", "roles": ["facility_manager"]}, 2)
    listener = Listener(http, {"Authorization": f"Bearer {token}"})
    lines = await listener.until(lambda line: line == "closed")
    assert ": still here" in lines
    assert "event: ended" in lines


async def test_streams_end_before_requests_when_the_process_stops(environ: dict[str, str]) -> None:
    async with contextlib.AsyncExitStack() as stack:
        found = await stack.enter_async_context(process.running(["config"], environ, port=0, migrated=True))
        client = httpx.AsyncClient(base_url=found.base_url)
        listener = Listener(client, signed("facility_manager"))
        await listener.until(lambda line: line.startswith(": open"))
        stopping = asyncio.create_task(stack.pop_all().aclose())
        await listener.until(lambda line: line == "closed", within_s=90)
        await stopping
        await client.aclose()


async def test_dead_letters_are_listed_and_decided_on(http: httpx.AsyncClient, database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.owner_url)
    ids = [
        await connection.fetchval(
            "INSERT INTO dead_letter (source, epoch, sequence, event_id, type, subject_id, envelope, state, error) "
            "VALUES ('sample', 1, $1, $2, 'sample.created', 's1', '{}', 'dead', 'it failed') RETURNING id",
            number,
            uuid4(),
        )
        for number in (1, 2)
    ]
    await connection.execute("INSERT INTO watermark VALUES ('sample', 1, 2, 2) ON CONFLICT DO NOTHING")
    address = "/api/operations/config/dead-letters"
    listed = await http.get(f"{address}?state=dead&limit=1", headers=signed("auditor"))
    assert [item["id"] for item in listed.json()["items"]] == [ids[1]]
    assert listed.json()["next"]
    reason = {"reason": "The catalogue was corrected."}
    assert (await http.post(f"{address}/{ids[0]}/replay", json=reason, headers=signed("auditor"))).status_code == 403
    assert (await http.post(f"{address}/{ids[0]}/replay", json={}, headers=signed("admin"))).status_code == 422
    assert (await http.post(f"{address}/{ids[0]}/replay", json=reason, headers=signed("admin"))).status_code == 204
    assert (await http.post(f"{address}/{ids[1]}/discard", json=reason, headers=signed("admin"))).status_code == 204
    again = await http.post(f"{address}/{ids[1]}/discard", json=reason, headers=signed("admin"))
    assert (again.status_code, again.json()["type"]) == (409, "decided-already")
    assert (await http.post(f"{address}/999/replay", json=reason, headers=signed("admin"))).status_code == 404
    states = await connection.fetch("SELECT state FROM dead_letter ORDER BY id")
    assert [row["state"] for row in states] == ["waiting", "discarded"]
    await connection.close()


async def test_a_head_that_is_too_large_or_too_slow_is_not_waited_for(
    running: process.Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, port = running.base_url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /health/live HTTP/1.1\r\nhost: x\r\nx-long: " + b"x" * 200_000)
    assert b" 431 " in await asyncio.wait_for(reader.read(), 30)
    writer.close()
    monkeypatch.setattr(server, "HEAD_ARRIVAL_S", 0.3)
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /health/live HTTP/1.1\r\n")
    assert await asyncio.wait_for(reader.read(), 30) == b""
    writer.close()
    reader, writer = await asyncio.open_connection(host, int(port))
    for _ in range(2):
        writer.write(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(len('{"status":"alive"}'))
        await asyncio.sleep(0.4)
    writer.close()


async def test_an_outdated_database_and_wrong_settings_are_refused(environ: dict[str, str]) -> None:
    with pytest.raises(errors.Unavailable, match="Run `nanopore-tracking migrate`"):
        async with process.running(["config"], environ, port=0):
            pass
    wrong = environ | {"CONFIG_DB_URL": "", "NANOPORE_SIGNING_KEY": "", "NANOPORE_MISTYPED": "1", "PORT": "none"}
    with pytest.raises(SettingsProblem) as problem:
        async with process.running(["config"], wrong, port=0):
            pass
    assert len(problem.value.problems) == 4
    with pytest.raises(errors.Invalid, match="no service sampel"):
        async with process.running(["sampel"], environ):
            pass


async def test_migrating_twice_changes_nothing(environ: dict[str, str]) -> None:
    assert "kernel/0001_kernel" in (await process.migrate(["config"], environ))["config"]
    assert await process.migrate(["config"], environ) == {"config": []}


async def test_two_replicas_share_a_database(environ: dict[str, str]) -> None:
    async with process.running(["config"], environ, port=0, migrated=True) as one:
        async with process.running(["config"], environ, port=0) as two, httpx.AsyncClient() as client:
            assert one.base_url != two.base_url
            for place in (one, two):
                assert (await client.get(f"{place.base_url}/health/ready")).status_code == 200
        assert one.services["config"].runtime.stopping is False


async def test_the_front_alone_does_not_look_for_nats() -> None:
    came: list[object] = []
    server = await asyncio.start_server(lambda reader, _: came.append(reader), "127.0.0.1", 0)
    address = f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async with process.running(["web"], {"NATS_URL": address}, port=0) as running:
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{running.base_url}/health/ready")).status_code == 200
        await asyncio.sleep(0.3)

    server.close()
    assert came == []


async def test_a_process_serves_until_it_is_told_to_stop(environ: dict[str, str], database: TestDatabase) -> None:
    await process.migrate(["config"], environ)
    with server.listen("127.0.0.1", 0) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "nanopore_tracking", "serve", "config"]
    inside = {"PATH": os.environ["PATH"], **environ, "PORT": str(port)}
    child = await asyncio.create_subprocess_exec(*command, env=inside, stderr=asyncio.subprocess.PIPE)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            async with asyncio.timeout(90):
                while True:
                    with contextlib.suppress(httpx.TransportError):
                        if (await client.get("/health/ready")).status_code == 200:
                            break
                    await asyncio.sleep(0.1)
            assert (await client.get("/api/auth/keys")).status_code == 200
        child.send_signal(signal.SIGTERM)
        _, said = await asyncio.wait_for(child.communicate(), 15)
        assert child.returncode == 0, said.decode()
        assert b"Traceback" not in said
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
