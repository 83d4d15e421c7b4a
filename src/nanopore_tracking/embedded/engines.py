"""Both engines of one machine together: started in order, watched, stopped in reverse."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

from nanopore_tracking.embedded import nats, postgres
from nanopore_tracking.embedded.databases import Databases
from nanopore_tracking.embedded.engine import Engine
from nanopore_tracking.embedded.folder import Folder
from nanopore_tracking.embedded.ports import free_ports, ports_from


@dataclass(frozen=True)
class Engines:
    """Running engines: where NATS is, how databases are made, and both processes."""

    databases: Databases
    postgres_port: int
    nats_url: str
    postgres: Engine
    nats: Engine


def _describe(folder: Folder, *, port_base: int | None, durable: bool) -> Engines:
    ports = free_ports(2, seed=os.getpid()) if port_base is None else ports_from(port_base, 2)
    superuser, broker = folder.password("superuser"), folder.password("nats")
    binaries = postgres.programs(folder.account, folder.programs)
    postgres.create(folder.postgres, folder.account, binaries=binaries, password=superuser)
    database = postgres.engine(
        folder.postgres, folder.account, binaries=binaries, port=ports[0], password=superuser, durable=durable
    )
    stream = nats.engine(
        folder.nats,
        folder.account,
        binary=nats.program(folder.account, folder.programs),
        port=ports[1],
        password=broker,
        durable=durable,
    )
    return Engines(Databases(folder, ports[0]), ports[0], nats.url(ports[1], broker), database, stream)


@contextlib.asynccontextmanager
async def running(folder: Folder, *, port_base: int | None = None, durable: bool = True) -> AsyncIterator[Engines]:
    """Run both engines over the folder, which the caller holds; one that dies meanwhile is started again.

    port_base: PostgreSQL listens there and NATS on the port above; None takes free ones. durable=False is for test
    runs, which keep nothing.
    """
    engines = await asyncio.to_thread(_describe, folder, port_base=port_base, durable=durable)
    watchers: list[asyncio.Task[None]] = []
    try:
        await asyncio.gather(engines.postgres.start(), engines.nats.start())
        watchers = [asyncio.create_task(engine.watch()) for engine in (engines.postgres, engines.nats)]
        yield engines
    finally:
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)
        await engines.nats.stop()
        await engines.postgres.stop()
