"""The whole product in the tests' own event loop, on real engines, used as anybody uses it: over HTTP."""

import asyncio
import contextlib
import itertools
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from nanopore_tracking import process, registry
from nanopore_tracking.cli import up
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.sagas import Sagas
from tests.harness.engines import TestEngines, own_broker
from tests.harness.postbox import Postbox, postbox

ADMIN_PASSWORD = "correct horse of the first start"
_ADMIN_AGAIN_S = 600
#: Of all clients: nothing here is asked over TLS, and to load the machine's certificates for each takes long.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Member:
    """A person who was made for a test; `client` is signed in as them."""

    id: UUID
    username: str
    name: str
    client: httpx.AsyncClient


@dataclass
class Product:
    """The running product. base_url: without a slash at the end; postbox: the mail server that it writes through.

    runtimes: what the code of each service works with; sagas: what drives those of the sample service.
    """

    base_url: str
    runtimes: dict[str, Runtime]
    sagas: Sagas
    engines: TestEngines
    environ: dict[str, str]
    postbox: Postbox
    _clients: list[httpx.AsyncClient] = field(default_factory=list)
    _admin: tuple[float, httpx.AsyncClient] | None = None

    def anonymous(self) -> httpx.AsyncClient:
        """Return a client that is not signed in."""
        return self._client({})

    async def admin(self) -> httpx.AsyncClient:
        """Return a client of the first administrator."""
        if self._admin is None or time.monotonic() - self._admin[0] > _ADMIN_AGAIN_S:
            asked = {"username": "admin", "password": ADMIN_PASSWORD}
            answer = checked(await self.anonymous().post("/api/auth/token", json=asked))
            self._admin = (time.monotonic(), self._signed_in(answer["access_token"]))
        return self._admin[1]

    async def client(self, *roles: str, labs: Sequence[Any] = ()) -> httpx.AsyncClient:
        """Return a client of a fresh account with these roles; labs: their ids, for submitters."""
        return (await self.member(*roles, labs=labs)).client

    async def member(self, *roles: str, labs: Sequence[Any] = ()) -> Member:
        """Make a fresh account with these roles through the API and sign it in by its one-time link."""
        admin = await self.admin()
        number = next(_numbers)
        name = f"Person {number}"
        asked = {"username": f"person{number}-{secrets.token_hex(3)}", "name": name, "roles": list(roles)}
        account = checked(await admin.post("/api/accounts", json=asked | {"lab_ids": [str(lab) for lab in labs]}))
        link = checked(await admin.post(f"/api/accounts/{account['id']}/link", json={}))
        opened = checked(await self.anonymous().post("/api/auth/sessions", json={"link": link["link"]}))
        return Member(UUID(account["id"]), account["username"], name, self._signed_in(opened["access_token"]))

    @contextlib.asynccontextmanager
    async def db(self, service: str) -> AsyncIterator[asyncpg.Connection]:
        """A connection to a service's database as its owner, for what no API tells."""
        variable = str(registry.load(service).database_env).replace("_URL", "_OWNER_URL")
        connection = await asyncpg.connect(self.environ[variable])
        try:
            yield connection
        finally:
            await connection.close()

    @staticmethod
    async def eventually(predicate: Callable[[], Awaitable[Any]], *, within_s: float = 90) -> Any:
        """Return what the predicate gives as soon as it is true; fail with the last thing it gave."""
        deadline = time.monotonic() + within_s
        while True:
            found = await predicate()
            if found:
                return found
            assert time.monotonic() < deadline, f"it did not come true within {within_s} seconds: {found!r}"
            await asyncio.sleep(0.05)

    async def close(self) -> None:
        """Close all clients."""
        for client in self._clients:
            await client.aclose()

    def _signed_in(self, access_token: str) -> httpx.AsyncClient:
        return self._client({"Authorization": f"Bearer {access_token}"})

    def _client(self, headers: dict[str, str]) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            base_url=self.base_url,
            headers=headers,
            timeout=60,
            verify=_NO_TLS,
            event_hooks={"request": [_with_a_key]},
        )
        self._clients.append(client)
        return client


async def _with_a_key(request: httpx.Request) -> None:
    """Give a changing request an Idempotency-Key of its own, as every careful client does."""
    if request.method in ("POST", "PUT", "PATCH", "DELETE"):
        request.headers.setdefault("Idempotency-Key", str(uuid4()))


def checked(answer: httpx.Response) -> Any:
    """Return what was answered, or fail with what was said instead."""
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json()


def _mail(letters: Postbox) -> dict[str, str]:
    return {"NANOPORE_SMTP_URL": f"smtp+plain://127.0.0.1:{letters.port}"}


@contextlib.asynccontextmanager
async def test_product(engines: TestEngines) -> AsyncIterator[Product]:
    """Run every service that is there, in databases of their own, in this loop."""
    environ = {
        "NANOPORE_ADMIN_PASSWORD": ADMIN_PASSWORD,
        "NANOPORE_DB_POOL_MIN": "1",
        # The least that is allowed: tests do not wait for hashes.
        "NANOPORE_PASSWORD_MEMORY_KIB": "19456",
        "NANOPORE_WEBHOOK_LOCAL_HOSTS": "127.0.0.1",
        "NANOPORE_WEBHOOK_TIMEOUT_S": "1",
        "NANOPORE_WEBHOOK_FIRST_DELAY_S": "0.05",
        "NANOPORE_WEBHOOK_FAILURES": "4",
        "NANOPORE_MAIL_FROM": "Sequencing <sequencing@facility.example>",
        "NANOPORE_MAIL_FIRST_DELAY_S": "0.1",
        "LOG_LEVEL": "warning",
    }
    inside = await up.environment(engines.engines, engines.folder, environ)
    async with (
        postbox() as letters,
        own_broker() as inside["NATS_URL"],
        process.running(registry.NAMES, inside | _mail(letters), port=0, migrated=True) as running,
    ):
        runtimes = {name: one.runtime for name, one in running.services.items()}
        sagas = running.services["sample"].sagas
        assert sagas is not None
        product = Product(running.base_url, runtimes, sagas, engines, inside, letters)
        yield product
        await product.close()
