"""The config service alone on a real database, used over HTTP; what it announced is read from its outbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from joserfc.jwk import OKPKey

from nanopore_tracking.contracts import access
from nanopore_tracking.kernel import migrations
from nanopore_tracking.kernel.auth import Access, Signer, Verifier
from nanopore_tracking.kernel.http import app
from nanopore_tracking.kernel.passwords import LEAST_MEMORY_KIB, LEAST_PASSES
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.settings import KernelSettings, Secret
from nanopore_tracking.services.config.service import SERVICE
from nanopore_tracking.services.config.settings import Settings
from tests.harness.engines import TestDatabase

PASSWORD = "quiet harbour, seven boats"
KEY = Signer.new_key()
ACCESS = Access(permissions_of=access.permissions_of, sees_all=access.ALL_LABS, tenants_claim="labs")


class OwnKeys:
    """The public keys of the service under test, as any service gets them over HTTP."""

    def __init__(self) -> None:
        self.transport: httpx.ASGITransport | None = None

    async def key(self, kid: str) -> OKPKey | None:
        """Return the published key of that id."""
        async with httpx.AsyncClient(transport=self.transport, base_url="http://config") as client:
            published = (await client.get("/api/auth/keys")).json()["keys"]
        return next((OKPKey.import_key(key) for key in published if key["kid"] == kid), None)


@dataclass
class Config:
    """The running service. first_link: the file of the first one-time link."""

    runtime: Runtime
    transport: httpx.ASGITransport
    database: TestDatabase
    first_link: Path

    @asynccontextmanager
    async def client(self, token: str = "", address: str = "192.0.2.1") -> AsyncIterator[httpx.AsyncClient]:
        """A client that carries an access token and comes from an address."""
        headers = {"X-Forwarded-For": address, "User-Agent": "tests"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        async with httpx.AsyncClient(transport=self.transport, base_url="http://config", headers=headers) as found:
            yield found

    async def post(self, path: str, body: Any, *, token: str = "", address: str = "192.0.2.1") -> httpx.Response:
        """Send one body."""
        async with self.client(token, address) as client:
            return await client.post(path, json=body)

    async def get(self, path: str, token: str) -> httpx.Response:
        """Ask for one thing."""
        async with self.client(token) as client:
            return await client.get(path)

    async def change(self, method: str, path: str, body: Any, *, token: str, version: int) -> httpx.Response:
        """Change a thing that was read in a version."""
        async with self.client(token) as client:
            return await client.request(method, path, json=body, headers={"If-Match": f'"v{version}"'})

    async def sign_in(self, username: str, password: str = PASSWORD, address: str = "192.0.2.1") -> httpx.Response:
        """Try to open a session with a password."""
        body = {"username": username, "password": password}
        return await self.post("/api/auth/sessions", body, address=address)

    async def admin(self) -> str:
        """An access token of the first administrator."""
        opened = await self.sign_in("admin")
        assert opened.status_code == 201, opened.text
        return str(opened.json()["access_token"])

    async def person(self, username: str, *roles: str, lab_ids: tuple[str, ...] = ()) -> dict[str, Any]:
        """Create an account, set its password by its one-time link, and return its open session."""
        admin = await self.admin()
        body = {"username": username, "name": username.title(), "roles": list(roles), "lab_ids": list(lab_ids)}
        account = (await self.post("/api/accounts", body, token=admin)).json()
        made = (await self.post(f"/api/accounts/{account['id']}/link", {}, token=admin)).json()
        opened = (await self.post("/api/auth/sessions", {"link": made["link"]})).json()
        done = await self.post("/api/auth/password", {"new": PASSWORD}, token=opened["access_token"])
        assert done.status_code == 204, done.text
        return dict(opened)

    async def events(self, kind: str = "") -> list[dict[str, Any]]:
        """What was announced so far, oldest first; kind: the beginning of the type."""
        rows = await self.rows("SELECT payload FROM outbox ORDER BY position")
        return [event for row in rows if (event := msgspec.json.decode(row["payload"]))["type"].startswith(kind)]

    async def rows(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """Ask the database behind the service's back."""
        connection = await asyncpg.connect(self.database.owner_url)
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()


@asynccontextmanager
async def running(database: TestDatabase, first_link: Path, password: str) -> AsyncIterator[Config]:
    """Migrate the database and start the service on it."""
    assert SERVICE.migrations is not None
    folders = [migrations.KERNEL, SERVICE.migrations]
    await migrations.apply(database.owner_url, folders, app_role=f"{database.name}_app")
    kernel = KernelSettings(db_pool_min=0, db_pool_max=8)
    settings = Settings(
        db_url=Secret(database.app_url),
        signing_key=Secret(KEY),
        admin_password=Secret(password),
        first_link_file=str(first_link),
        password_memory_kib=LEAST_MEMORY_KIB,
        password_passes=LEAST_PASSES,
    )
    db = Database("config", database.app_url, kernel)
    runtime = Runtime(SERVICE.name, settings=settings, kernel=kernel, db=db)
    keys = OwnKeys()
    verifier = Verifier(ACCESS, keys)
    permissions = frozenset(access.PERMISSIONS)
    built = app.build(runtime, SERVICE.routes, verifier=verifier, permissions=permissions, strict=True)
    keys.transport = transport = httpx.ASGITransport(app=built.asgi)
    assert SERVICE.bootstrap is not None
    await SERVICE.bootstrap(runtime)
    yield Config(runtime, transport, database, first_link)
    await db.close()


@pytest.fixture
async def config(database: TestDatabase, tmp_path: Path) -> AsyncIterator[Config]:
    """The service, whose first administrator has the password PASSWORD."""
    async with running(database, tmp_path / "first-link", PASSWORD) as found:
        yield found
