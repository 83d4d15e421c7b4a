"""A real PostgreSQL and a real NATS for the tests of one pytest process, in a temporary folder."""

import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from nanopore_tracking.embedded import nats
from nanopore_tracking.embedded.databases import Addresses
from nanopore_tracking.embedded.engines import Engines, running
from nanopore_tracking.embedded.folder import Folder
from nanopore_tracking.embedded.ports import free_ports
from nanopore_tracking.embedded.postgres import superuser_url

_numbers = itertools.count(1)


@dataclass(frozen=True)
class TestEngines:
    """Running engines that belong to this pytest process alone."""

    __test__ = False

    folder: Folder
    engines: Engines

    @property
    def nats_url(self) -> str:
        """The address of this process's own NATS, with JetStream."""
        return self.engines.nats_url

    @property
    def superuser_url(self) -> str:
        """The address of the database `postgres` as the superuser, for what tests do behind the product's back."""
        return superuser_url(self.engines.postgres_port, self.folder.password("superuser"))

    @contextlib.asynccontextmanager
    async def fresh_database(self) -> AsyncIterator["TestDatabase"]:
        """An empty database with an owner and an application role, dropped at the end."""
        name = f"test_{next(_numbers)}"
        addresses = (await self.engines.databases.prepare([name]))[name]
        yield TestDatabase(name=name, addresses=addresses)
        await self.engines.databases.drop([name])


@dataclass(frozen=True)
class TestDatabase:
    """An empty database of one test."""

    __test__ = False

    name: str
    addresses: Addresses

    @property
    def owner_url(self) -> str:
        """As the role that migrates."""
        return self.addresses.owner

    @property
    def app_url(self) -> str:
        """As the role that a service works with; it may do only what the owner granted."""
        return self.addresses.app


@contextlib.asynccontextmanager
async def own_broker() -> AsyncIterator[str]:
    """A NATS of one's own: streams are named after services, and two products on one would hear each other."""
    path = Path(tempfile.mkdtemp(prefix="nanopore-broker-"))
    path.chmod(0o711)
    folder = Folder(path)
    port, password = free_ports(1, seed=os.getpid() + 4000)[0], folder.password("nats")
    binary = nats.program(folder.account, folder.programs)
    broker = nats.engine(folder.nats, folder.account, binary=binary, port=port, password=password, durable=False)
    try:
        await broker.start()
        yield nats.url(port, password)
    finally:
        await broker.stop()
        shutil.rmtree(path, ignore_errors=True)


@contextlib.asynccontextmanager
async def test_engines() -> AsyncIterator[TestEngines]:
    """Run both engines in a temporary folder; nothing is left at the end."""
    path = Path(tempfile.mkdtemp(prefix="nanopore-tests-"))
    path.chmod(0o711)
    folder = Folder(path)
    try:
        async with running(folder, durable=False) as engines:
            yield TestEngines(folder, engines)
    finally:
        shutil.rmtree(path, ignore_errors=True)
