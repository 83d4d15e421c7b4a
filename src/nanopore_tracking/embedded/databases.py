"""Databases and roles: every database has an owner for migrations and an application role, and nobody else gets in."""

from dataclasses import dataclass

import asyncpg

from nanopore_tracking.embedded.folder import Folder
from nanopore_tracking.embedded.ports import LOOPBACK
from nanopore_tracking.embedded.postgres import superuser_url


@dataclass(frozen=True)
class Addresses:
    """Where a service finds its database: as the role it works with, and as the owner that migrates it."""

    app: str
    owner: str


class Databases:
    """Creates databases and roles in the embedded PostgreSQL; each step may be repeated."""

    def __init__(self, folder: Folder, port: int) -> None:
        self._folder = folder
        self._port = port

    def url(self, role: str, database: str) -> str:
        """Return the address of a database for a role."""
        return f"postgresql://{role}:{self._folder.password(role)}@{LOOPBACK}:{self._port}/{database}"

    async def prepare(self, names: list[str], *, reader: str | None = None) -> dict[str, Addresses]:
        """Create what is missing of the named databases, and a role that may read them all; return the addresses."""
        connection = await asyncpg.connect(superuser_url(self._port, self._folder.password("superuser")))
        try:
            await connection.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
            found = {name: await self._prepare_one(connection, name) for name in names}
            if reader is not None:
                await self._role(connection, reader)
                await connection.execute(f"GRANT pg_read_all_data TO {reader}")
                await connection.execute(f"GRANT CONNECT ON DATABASE {', '.join(names)} TO {reader}")
        finally:
            await connection.close()
        return found

    async def drop(self, names: list[str]) -> None:
        """Drop the named databases with their roles, whoever is connected."""
        connection = await asyncpg.connect(superuser_url(self._port, self._folder.password("superuser")))
        try:
            for name in names:
                await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                await connection.execute(f"DROP ROLE IF EXISTS {name}_app, {name}_owner")
        finally:
            await connection.close()

    async def _prepare_one(self, connection: asyncpg.Connection, name: str) -> Addresses:
        owner, app = f"{name}_owner", f"{name}_app"
        await self._role(connection, owner)
        await self._role(connection, app)
        if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name):
            await connection.execute(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE template0")
        await connection.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        await connection.execute(f"GRANT CONNECT ON DATABASE {name} TO {app}")
        return Addresses(app=self.url(app, name), owner=self.url(owner, name))

    async def _role(self, connection: asyncpg.Connection, name: str) -> None:
        if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", name):
            # token_urlsafe has no quote in it, and a password cannot be a parameter of this statement.
            await connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{self._folder.password(name)}'")
