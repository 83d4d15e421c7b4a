"""Requests that are sent again: one effect and one answer, whatever happens in between."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import httpx
import msgspec
import pytest
from joserfc.jwk import OKPKey
from litestar import Response, patch, post, put

from nanopore_tracking.kernel import errors, migrations
from nanopore_tracking.kernel.auth import Access, Signer, Verifier
from nanopore_tracking.kernel.events import Event, Subject
from nanopore_tracking.kernel.http import Ask, Written, app, match_of, write
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Database, Transaction
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.sql import Query
from tests.harness.engines import TestDatabase

TABLE = Query("things.table", "CREATE TABLE thing (id uuid PRIMARY KEY, name text UNIQUE, version int DEFAULT 1);")
ADD = Query("things.add", "INSERT INTO thing (id, name) VALUES (:id, :name);")
CHANGE = Query(
    "things.change",
    "UPDATE thing SET name = :name, version = version + 1 WHERE id = :id AND version = :seen RETURNING 1;",
)
COUNT = Query("things.count", "SELECT count(*) FROM thing;")
EVENTS = Query("things.events", "SELECT count(*) FROM outbox;")
KEYS = Query("things.keys", "SELECT count(*) FROM idempotency_key;")
SLEEP = Query("things.sleep", "SELECT pg_sleep(0.02);")

SIGNER = Signer(Signer.new_key())
ACCESS = Access(permissions_of=lambda roles: roles, sees_all=frozenset())


class ThingMade(Event, frozen=True, kw_only=True):
    """A thing was made."""

    type = "things.made"


class NewThing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a thing is made from."""

    name: Annotated[str, msgspec.Meta(max_length=40)]


async def _make(tx: Transaction, name: str) -> Written:
    thing_id = uuid7()
    await tx.execute(ADD, id=thing_id, name=name)
    await tx.execute(SLEEP)
    tx.announce(ThingMade(), subject=Subject("thing", str(thing_id)))
    if name == "broken":
        raise RuntimeError("broken")
    return Written({"id": str(thing_id), "name": name}, version=1, location=f"/api/things/{thing_id}")


@post("/api/things", policy="write")
async def make_thing(request: Ask, data: NewThing) -> Response[Any]:
    """Make a thing."""
    return await write(request, lambda tx: _make(tx, data.name))


@post("/api/secrets", policy="write")
async def make_secret(request: Ask, data: NewThing) -> Response[Any]:
    """Make a thing whose answer is shown once."""
    return await write(request, lambda tx: _make(tx, data.name), secret=True)


@put("/api/others", policy="write")
async def make_other(request: Ask, data: NewThing) -> Response[Any]:
    """Make a thing in another way."""
    return await write(request, lambda tx: _make(tx, data.name))


@patch("/api/things/{thing_id:uuid}", policy="write", match=True)
async def change_thing(request: Ask, thing_id: UUID, data: NewThing) -> Response[Any]:
    """Change a thing."""
    seen = match_of(request)

    async def command(tx: Transaction) -> Written:
        if not await tx.value(CHANGE, id=thing_id, name=data.name, seen=seen):
            raise errors.Stale("Somebody changed it since.")
        return Written({"name": data.name}, version=seen + 1)

    return await write(request, command)


@post("/api/things/{thing_id:uuid}/closing", policy="write", status_code=204)
async def close_thing(request: Ask, thing_id: UUID) -> Response[None]:
    """Do something that has no body, neither asked nor answered."""

    async def command(tx: Transaction) -> Written:
        await tx.execute(ADD, id=thing_id, name=None)
        return Written(None)

    return await write(request, command)


@post("/api/public", policy="public")
async def make_publicly(request: Ask, data: NewThing) -> Response[Any]:
    """Make a thing for nobody in particular."""
    return await write(request, lambda tx: _make(tx, data.name))


ROUTES = [make_thing, make_secret, make_other, change_thing, close_thing, make_publicly]


class OneKey:
    """The public key of one signer."""

    async def key(self, kid: str) -> OKPKey | None:
        """Return it under its id."""
        return OKPKey.import_key(SIGNER.public_key()) if kid == SIGNER.key_id else None


@pytest.fixture
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    await migrations.apply(database.owner_url, [migrations.KERNEL])
    found = Database("things", database.owner_url, KernelSettings(db_pool_min=0, db_pool_max=20))
    await found.execute(TABLE)
    yield found
    await found.close()


@pytest.fixture
async def http(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    runtime = Runtime("things", settings=None, kernel=KernelSettings(), db=db)
    verifier, permissions = Verifier(ACCESS, OneKey()), frozenset({"write"})
    built = app.build(runtime, ROUTES, verifier=verifier, permissions=permissions, strict=True)
    transport = httpx.ASGITransport(built.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://example.org", timeout=60) as client:
        yield client


def headers(key: str | None = "key-1", person: str = "alice") -> dict[str, str]:
    claims = {"sub": person, "name": person, "username": person, "roles": ["write"]}
    sent = {"Authorization": f"Bearer {SIGNER.sign(claims, 600)}"}
    return sent if key is None else {**sent, "Idempotency-Key": key}


async def counts(db: Database) -> tuple[int, int, int]:
    """Return how many things, events and kept answers there are."""
    return await db.value(COUNT), await db.value(EVENTS), await db.value(KEYS)


async def test_a_write_without_a_key_keeps_nothing(http: httpx.AsyncClient, db: Database) -> None:
    for name in ("a", "b"):
        made = await http.post("/api/things", json={"name": name}, headers=headers(None))
        assert (made.status_code, made.headers["etag"]) == (201, '"v1"')
        assert made.headers["location"] == f"/api/things/{made.json()['id']}"
    assert await counts(db) == (2, 2, 0)


async def test_fifty_at_once_with_one_key_have_one_effect_and_one_answer(http: httpx.AsyncClient, db: Database) -> None:
    sent = headers()
    answers = await asyncio.gather(*(http.post("/api/things", json={"name": "a"}, headers=sent) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({(answer.content, answer.headers["etag"], answer.headers["location"]) for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert await counts(db) == (1, 1, 1)


async def test_a_key_is_bound_to_the_request_and_to_who_sent_it(http: httpx.AsyncClient, db: Database) -> None:
    await http.post("/api/things", json={"name": "a"}, headers=headers())
    body = await http.post("/api/things", json={"name": "b"}, headers=headers())
    route = await http.put("/api/others", json={"name": "a"}, headers=headers())
    for refused in (body, route):
        assert (refused.status_code, refused.json()["type"]) == (422, "idempotency-key-reused")
    other = await http.post("/api/things", json={"name": "c"}, headers=headers(person="bob"))
    assert other.status_code == 201
    assert await counts(db) == (2, 2, 2)


async def test_a_failed_attempt_keeps_nothing_and_can_be_sent_again(http: httpx.AsyncClient, db: Database) -> None:
    failed = await http.post("/api/things", json={"name": "broken"}, headers=headers())
    assert failed.status_code == 500
    assert await counts(db) == (0, 0, 0)
    await http.post("/api/things", json={"name": "a"}, headers=headers("key-2"))
    taken = await http.post("/api/things", json={"name": "a"}, headers=headers("key-3"))
    assert (taken.status_code, taken.json()["type"]) == (409, "already-exists")
    assert await counts(db) == (1, 1, 1)


async def test_a_change_that_is_sent_again_is_not_stale(http: httpx.AsyncClient) -> None:
    made = await http.post("/api/things", json={"name": "a"}, headers=headers(None))
    sent = {**headers(), "If-Match": '"v1"'}
    address = made.headers["location"]
    first = await http.patch(address, json={"name": "b"}, headers=sent)
    again = await http.patch(address, json={"name": "b"}, headers=sent)
    assert (first.status_code, first.headers["etag"]) == (200, '"v2"')
    assert (again.status_code, again.content, again.headers["etag"]) == (200, first.content, '"v2"')
    stale = await http.patch(address, json={"name": "b"}, headers={**headers("key-2"), "If-Match": '"v1"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "stale")


async def test_an_answer_without_a_body_is_repeated_too(http: httpx.AsyncClient, db: Database) -> None:
    for _ in range(2):
        done = await http.post(f"/api/things/{UUID(int=7)}/closing", headers=headers())
        assert (done.status_code, done.content) == (204, b"")
    assert await counts(db) == (1, 0, 1)


async def test_a_secret_is_shown_once_and_not_kept(http: httpx.AsyncClient, db: Database) -> None:
    assert (await http.post("/api/secrets", json={"name": "a"}, headers=headers())).status_code == 201
    again = await http.post("/api/secrets", json={"name": "a"}, headers=headers())
    assert (again.status_code, again.json()["type"]) == (409, "done-already")
    assert await counts(db) == (1, 1, 1)


async def test_a_key_counts_only_where_somebody_is_signed_in(http: httpx.AsyncClient, db: Database) -> None:
    for name in ("a", "b"):
        made = await http.post("/api/public", json={"name": name}, headers={"Idempotency-Key": "key-1"})
        assert made.status_code == 201
    assert await counts(db) == (2, 2, 0)


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "a b", "a\tb"])
async def test_a_key_of_another_form_is_refused(http: httpx.AsyncClient, db: Database, key: str) -> None:
    refused = await http.post("/api/things", json={"name": "a"}, headers=headers(key))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "Idempotency-Key"
    assert await counts(db) == (0, 0, 0)
