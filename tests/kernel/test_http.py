"""The HTTP side without a database: policies, parameters, limits, problems, and the description of it all."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from litestar import get
from openapi_spec_validator import validate

from nanopore_tracking.kernel.http import edge, openapi
from nanopore_tracking.kernel.http.guard import Unguarded
from nanopore_tracking.kernel.http.parameters import Undeclared
from tests.harness.http_things import JSON, READER, ROUTES, THING, built, refused, signed


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(built(ROUTES).asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://example.org") as client:
        yield client


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
        ("sort=colour", "sort"),
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
    assert (await http.head(THING)).headers["etag"] == '"v3"'


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
    assert [one["name"] for one in listed["parameters"]] == ["limit", "stage", "at_least", "q", "sort"]
    changed = description["paths"]["/api/things/{thing_id}"]["patch"]
    assert "If-Match" in [one["name"] for one in changed["parameters"]]
    assert "application/problem+json" in changed["responses"]["4XX"]["content"]
    uploaded = description["paths"]["/api/uploads"]["post"]
    assert [one["name"] for one in uploaded["parameters"]] == ["Idempotency-Key"]


@get("/api/links/{token:str}", policy="public", secret_path=True)
async def open_link(token: str) -> str:
    """Show what a link leads to."""
    return f'"{len(token)}"'


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PROPFIND"])
@pytest.mark.parametrize(
    "path", ["/api/links/s3cret", "/api/links/s3cret/more", "//api/links/s3cret", "/api/links//s3cret"]
)
async def test_no_log_has_an_address_that_lets_somebody_in(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    told: list[str] = []

    class Log:
        def info(self, event: str, **more: object) -> None:
            told.append(f"{event} {more}")

    monkeypatch.setattr(edge, "_log", Log())
    transport = httpx.ASGITransport(built([open_link]).asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://example.org") as client:
        await client.request(method, f"http://example.org{path}")
    assert len(told) == 1
    assert "links/…" in told[0]
    assert "s3cret" not in told[0]
