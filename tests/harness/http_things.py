"""A service of things without a database, for tests of the HTTP side."""

import json
import uuid
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import msgspec
from joserfc.jwk import OKPKey
from litestar import Response, delete, get, patch, post
from litestar.params import QueryParameter

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.auth import Access, Signer, Verifier
from nanopore_tracking.kernel.http import Ask, Limit, Paged, answer, app, call_of, match_of, page, principal_of
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.runtime import Runtime
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


class Paint(msgspec.Struct, frozen=True, tag_field="kind", tag="paint"):
    """Paint a thing."""

    with_: Annotated[Literal["red", "green"], msgspec.Meta(description="Which colour.")]


class Cut(msgspec.Struct, frozen=True, tag_field="kind", tag="cut"):
    """Cut a thing."""

    with_: Literal["saw", "knife"]


class NewThing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a thing is made from."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    count: int = 0
    parts: list[Part] = []
    shade: Literal["light", "dark"] | None = None
    work: list[Paint | Cut] = []
    sides: dict[Literal["left", "right"], Literal[1, 2]] = {}
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
    sort: Literal["name", "-name"] = "name",
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
    runtime = Runtime("things", settings=None, kernel=KernelSettings())
    verifier, permissions = Verifier(ACCESS, OneKey()), frozenset({"things.read"})
    return app.build(runtime, routes, verifier=verifier, permissions=permissions, strict=True)


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


READER = signed("reader")
JSON = {"Content-Type": "application/json"}
