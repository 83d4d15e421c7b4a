"""The HTTP side without a database: policies, parameters, rubbish, limits, problems, and the description of it all."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import httpx
import msgspec
import pytest
from joserfc.jwk import OKPKey
from litestar import Response, delete, get, patch, post
from litestar.params import QueryParameter
from openapi_spec_validator import validate

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.auth import Access, Signer, Verifier
from nanopore_tracking.kernel.http import Ask, Limit, Paged, answer, app, call_of, match_of, openapi, page, principal_of
from nanopore_tracking.kernel.http.guard import Unguarded
from nanopore_tracking.kernel.http.parameters import Undeclared
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Service
from nanopore_tracking.kernel.settings import KernelSettings

THING = "/api/things/018f0000-0000-7000-8000-000000000000"
SIGNER = Signer(Signer.new_key())
ACCESS = Access(
    permissions_of=lambda roles: frozenset({"things.read"}) if "reader" in roles else frozenset(),
    sees_all=frozenset(),
)


class Part(msgspec.Struct, frozen=True):
    """A part of a thing."""

    volume_ul: Annotated[float, msgspec.Meta(gt=0, le=1000)]


class NewThing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a thing is made from."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    count: int = 0
    parts: list[Part] = []
    note: Any = None


class Thing(msgspec.Struct, frozen=True):
    """A thing."""

    id: UUID
    name: str


@get("/api/things", policy="things.read")
async def list_things(
    request: Ask,
    limit: Limit = 50,
    stage: list[str] | None = None,
    at_least: float | None = None,
    word: Annotated[str | None, QueryParameter(name="q", max_length=5)] = None,
) -> Response[Paged[Thing]]:
    """List things."""
    found = {"limit": limit, "stage": stage, "at_least": at_least, "q": word, "by": call_of(request).actor.name}
    return page(Page([json.dumps(found)], None))


@get("/api/things/{thing_id:uuid}", policy="public")
async def show_thing(thing_id: UUID) -> Response[Thing]:
    """Show one thing."""
    return answer(Thing(thing_id, "a"), version=3)


@post("/api/things", policy="public")
async def make_thing(data: NewThing) -> Response[Thing]:
    """Make a thing."""
    return answer(Thing(uuid.UUID(int=0), data.name), version=1)


@patch("/api/things/{thing_id:uuid}", policy="public", match=True)
async def change_thing(request: Ask, thing_id: UUID, data: NewThing) -> Response[Thing]:
    """Change a thing."""
    seen = match_of(request)
    if seen != 3:
        raise errors.Stale("Somebody changed it since.", current_version=3)
    return answer(Thing(thing_id, data.name), version=seen + 1)


@delete("/api/things/{thing_id:uuid}", policy="public")
async def drop_thing(thing_id: UUID) -> None:
    """Drop a thing."""


@post("/api/uploads", policy="signed-in", body_limit=2000, status_code=200)
async def upload(request: Ask) -> Response[Thing]:
    """Take a file."""
    size_bytes = sum([len(chunk) async for chunk in request.stream()])
    return answer({"size_bytes": size_bytes, "by": principal_of(request).name})


@get("/api/broken", policy="public")
async def break_down() -> Response[Thing]:
    """Fail."""
    raise RuntimeError("secret detail")


@get("/api/busy", policy="public")
async def busy() -> Response[Thing]:
    """Refuse for now."""
    raise errors.Unavailable("Not now.", retry_after_s=7)


ROUTES = [list_things, show_thing, make_thing, change_thing, drop_thing, upload, break_down, busy]


class OneKey:
    """The public key of one signer."""

    async def key(self, kid: str) -> OKPKey | None:
        """Return it under its id."""
        return OKPKey.import_key(SIGNER.public_key()) if kid == SIGNER.key_id else None


def built(routes: list[Any]) -> app.Application:
    service = Service(name="things", paths=("/api/things",), settings=object, routes=routes, database="things")
    runtime = Runtime(service, settings=None, kernel=KernelSettings(), db=None)
    return app.build(runtime, routes, verifier=Verifier(ACCESS, OneKey()), permissions=frozenset({"things.read"}))


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(built(ROUTES).asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://example.org") as client:
        yield client


def signed(*roles: str) -> dict[str, str]:
    claims = {"sub": "a1", "name": "Alice", "username": "alice", "roles": list(roles)}
    return {"Authorization": f"Bearer {SIGNER.sign(claims, 600)}"}


READER = signed("reader")


def refused(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["status"], body["type"]) == (status, kind)
    assert body["request_id"] == response.headers["x-request-id"]
    assert body["title"]
    assert body["detail"].endswith(".")
    return body


async def test_a_policy_decides_who_may_pass(http: httpx.AsyncClient) -> None:
    missing = await http.get("/api/things")
    refused(missing, 401, "unauthenticated")
    assert missing.headers["www-authenticate"] == "Bearer"
    refused(await http.get("/api/things", headers={"Authorization": "Basic eDp5"}), 401, "unauthenticated")
    body = refused(await http.get("/api/things", headers=signed("writer")), 403, "forbidden")
    assert body["permission"] == "things.read"
    allowed = await http.get("/api/things", headers=READER)
    assert allowed.json()["items"][0]["by"] == "Alice"
    refused(await http.post("/api/uploads"), 401, "unauthenticated")


@get("/api/open")
async def without_policy() -> None:
    """State nothing."""


@get("/api/open", policy="things.raed")
async def with_a_misspelt_policy() -> None:
    """State something that nobody has."""


@get("/api/open", policy="public", sync_to_thread=False)
def not_async() -> None:
    """Block everybody."""


def test_a_route_without_a_known_policy_is_not_built() -> None:
    with pytest.raises(Unguarded, match="states no policy"):
        built([*ROUTES, without_policy])
    with pytest.raises(Unguarded, match="no permission"):
        built([with_a_misspelt_policy])
    with pytest.raises(Undeclared, match="not an async function"):
        built([not_async])


async def test_parameters_are_read_by_their_annotations(http: httpx.AsyncClient) -> None:
    query = "limit=7&stage=a&stage=b&at_least=1.5&q=abc"
    found = (await http.get(f"/api/things?{query}", headers=READER)).json()["items"][0]
    assert found == {"limit": 7, "stage": ["a", "b"], "at_least": 1.5, "q": "abc", "by": "Alice"}
    empty = (await http.get("/api/things?stage=&q=", headers=READER)).json()["items"][0]
    assert (empty["stage"], empty["q"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1000000000", "limit"),
        (f"limit={'9' * 6000}", "limit"),
        ("limit=x", "limit"),
        ("limit=1&limit=2", "limit"),
        ("at_least=nan", "at_least"),
        ("at_least=1e400", "at_least"),
        ("at_least=-inf", "at_least"),
        ("q=toolong", "q"),
        ("q=%00", "q"),
        ("stage=a&stage=%00", "stage"),
        ("stge=a", "stge"),
        ("password_hash=a", "password_hash"),
    ],
)
async def test_a_wrong_parameter_is_named(http: httpx.AsyncClient, query: str, path: str) -> None:
    body = refused(await http.get(f"/api/things?{query}", headers=READER), 422, "invalid")
    assert [field["path"] for field in body["errors"]] == [path]


async def test_a_query_that_is_no_text_or_endless_is_refused(http: httpx.AsyncClient) -> None:
    refused(await http.get("/api/things?q=%ff%fe", headers=READER), 422, "invalid")
    refused(await http.get("/api/things?" + "stage=a&" * 2000, headers=READER), 422, "invalid")


RUBBISH = {
    "NUL": rb'{"name": "a\u0000b"}',
    "NUL in a nested name": rb'{"name": "a", "note": {"x\u0000": 1}}',
    "raw NUL": b'{"name": "a\x00b"}',
    "NaN": b'{"name": "a", "note": NaN}',
    "Infinity": b'{"name": "a", "parts": [{"volume_ul": Infinity}]}',
    "1e400": b'{"name": "a", "parts": [{"volume_ul": 1e400}]}',
    "1e400 anywhere": b'{"name": "a", "note": 1e400}',
    "huge integer": b'{"name": "a", "count": ' + b"9" * 5000 + b"}",
    "huge integer anywhere": b'{"name": "a", "note": ' + b"9" * 5000 + b"}",
    "deep list": b'{"name": "a", "note": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "deep object": b'{"name": "a", "note": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
    "deep and not closed": b"[" * 10_000,
    "lone surrogate": rb'{"name": "\ud800"}',
    "swapped surrogates": rb'{"name": "\udc00\ud800"}',
    "surrogate as bytes": b'{"name": "\xed\xa0\x80"}',
    "not UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"name": "a"}',
    "key twice": b'{"name": "a", "name": "b"}',
    "key twice inside": b'{"name": "a", "note": {"x": 1, "x": 2}}',
    "key twice, once escaped": rb'{"name": "a", "n\u0061me": "b"}',
    "empty": b"",
    "a list": b"[]",
    "null": b"null",
    "two documents": b'{"name": "a"}{"name": "b"}',
    "unknown field": b'{"name": "a", "role": "admin"}',
    "number as text": b'{"name": "a", "count": "1"}',
    "fraction as whole": b'{"name": "a", "count": 1.5}',
    "true as number": b'{"name": "a", "count": true}',
    "empty name": b'{"name": ""}',
    "too long": b'{"name": "' + b"x" * 21 + b'"}',
    "wrong inside": b'{"name": "a", "parts": [{"volume_ul": 1}, {"volume_ul": 0}]}',
}
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("name", RUBBISH)
async def test_rubbish_is_refused_and_nothing_fails(http: httpx.AsyncClient, name: str) -> None:
    refused(await http.post("/api/things", content=RUBBISH[name], headers=JSON), 422, "invalid")


async def test_every_wrong_field_is_named_at_once(http: httpx.AsyncClient) -> None:
    sent = b'{"count": "x", "parts": [{"volume_ul": 1}, {"volume_ul": 2000}], "colour": 1}'
    body = refused(await http.post("/api/things", content=sent, headers=JSON), 422, "invalid")
    assert {field["path"]: field["message"] for field in body["errors"]} == {
        "name": "This is missing.",
        "count": "This must be a whole number, not text.",
        "parts[1].volume_ul": "This must be at most 1000.0.",
        "colour": "This is not known here.",
    }


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=x"]
)
async def test_another_kind_of_body_is_refused(http: httpx.AsyncClient, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    refused(await http.post("/api/things", content=b'{"name": "a"}', headers=headers), 415, "unsupported-media")
    packed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    refused(await http.post("/api/things", content=b'{"name": "a"}', headers=packed), 415, "unsupported-media")
    spelt = {"Content-Type": "Application/JSON; charset=UTF-8"}
    assert (await http.post("/api/things", content=b'{"name": "a"}', headers=spelt)).status_code == 201


async def _chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 1000
        await asyncio.sleep(0)


async def test_a_body_over_the_limit_is_refused_while_it_arrives(http: httpx.AsyncClient) -> None:
    refused(await http.post("/api/things", content=b" " * 1_000_001, headers=JSON), 413, "too-large")
    refused(await http.post("/api/things", content=_chunks(2000), headers=JSON), 413, "too-large")
    refused(await http.post("/api/uploads", content=_chunks(3), headers=READER), 413, "too-large")
    refused(await http.post("/api/uploads", content=b"x" * 2001, headers=READER), 413, "too-large")
    taken = await http.post("/api/uploads", content=_chunks(2), headers=READER)
    assert taken.json() == {"size_bytes": 2000, "by": "Alice"}


async def test_a_change_needs_the_version_that_was_seen(http: httpx.AsyncClient) -> None:
    refused(await http.patch(THING, json={"name": "b"}), 428, "precondition-required")
    refused(await http.patch(THING, json={"name": "b"}, headers={"If-Match": "*"}), 422, "invalid")
    stale = refused(await http.patch(THING, json={"name": "b"}, headers={"If-Match": '"v2"'}), 412, "stale")
    assert stale["current_version"] == 3
    changed = await http.patch(THING, json={"name": "b"}, headers={"If-Match": '"v3"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"v4"')


async def test_what_was_seen_already_is_not_sent_again(http: httpx.AsyncClient) -> None:
    first = await http.get(THING)
    again = await http.get(THING, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", '"v3"')
    assert (await http.get(THING, headers={"If-None-Match": '"v2"'})).status_code == 200


async def test_addresses_and_methods_that_are_not_there(http: httpx.AsyncClient) -> None:
    refused(await http.get("/api/nothing"), 404, "no-such-address")
    refused(await http.get("/api/things/not-an-identifier"), 404, "no-such-address")
    wrong = await http.put(THING)
    refused(wrong, 405, "method-not-allowed")
    assert set(wrong.headers["allow"].split(", ")) == {"GET", "PATCH", "DELETE", "OPTIONS"}
    refused(await http.get("/api/things%00"), 422, "invalid")
    assert (await http.delete(THING)).status_code == 204


async def test_a_failure_tells_nothing_but_the_request_id(http: httpx.AsyncClient) -> None:
    response = await http.get("/api/broken", headers={"X-Request-ID": "from-the-caller-1"})
    body = refused(response, 500, "internal")
    assert body["request_id"] == "from-the-caller-1"
    assert "secret" not in response.text
    assert (await http.get("/api/busy")).headers["retry-after"] == "7"


async def test_identifiers_go_in_and_out(http: httpx.AsyncClient) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = {"X-Request-ID": "abcdefgh-1", "traceparent": trace}
    response = await http.get(THING, headers=headers)
    assert (response.headers["x-request-id"], response.headers["traceparent"][:35]) == ("abcdefgh-1", trace[:35])
    for hostile in ("short", "x" * 65, "with space", "a\tb-123456", "<script>alert(1)"):
        response = await http.get(THING, headers={"X-Request-ID": hostile, "traceparent": hostile})
        assert UUID(response.headers["x-request-id"]).version == 7
        assert hostile not in response.headers["traceparent"]


async def test_every_answer_is_protected(http: httpx.AsyncClient) -> None:
    for response in (await http.get(THING), await http.get("/api/nothing"), await http.get("/api/broken")):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        assert "access-control-allow-origin" not in response.headers


def test_the_description_is_true_and_valid() -> None:
    description = openapi.describe({"things": built(ROUTES).endpoints}, version="1")
    validate(description)
    listed = description["paths"]["/api/things"]["get"]
    assert listed["x-policy"] == "things.read"
    assert listed["security"] == [{"bearer": []}]
    limit = next(one for one in listed["parameters"] if one["name"] == "limit")
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
    assert [one["name"] for one in listed["parameters"]] == ["limit", "stage", "at_least", "q"]
    changed = description["paths"]["/api/things/{thing_id}"]["patch"]
    assert "If-Match" in [one["name"] for one in changed["parameters"]]
    assert "application/problem+json" in changed["responses"]["4XX"]["content"]
    uploaded = description["paths"]["/api/uploads"]["post"]
    assert [one["name"] for one in uploaded["parameters"]] == ["Idempotency-Key"]
