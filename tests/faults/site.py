"""The product on one machine as separate processes, two replicas of what leads, under supervisors that restart them."""

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import structlog

from nanopore_tracking import process
from nanopore_tracking.cli import up
from nanopore_tracking.embedded import launch
from nanopore_tracking.embedded.engines import Engines, running
from nanopore_tracking.embedded.folder import Folder
from nanopore_tracking.embedded.ports import LOOPBACK, free_ports
from nanopore_tracking.kernel import asking

_log = structlog.get_logger("site")

PASSWORD = "correct horse of the drill"
REPLICAS = {"sample": 2, "audit": 2, "config": 1}
_LONGEST_REST_S = 0.6
_LOOK_S = 0.05
_START_S = 90.0


@dataclass
class Replica:
    """One process of one service. ready: it was, since its start; exits: codes of those that ended by themselves."""

    service: str
    number: int
    environ: Mapping[str, str]
    log_file: Path
    rest: random.Random
    process: subprocess.Popen[bytes] | None = None
    ready: bool = False
    exits: list[int] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.environ['PORT']}"

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process; it ends with this one, however this one ends."""
        launched = (sys.executable, launch.__file__, str(os.getpid()), "-", "-", str(int(signal.SIGKILL)))
        program = (sys.executable, "-m", "nanopore_tracking", "serve", self.service)
        with self.log_file.open("ab") as sink:
            self.process = subprocess.Popen(
                (*launched, *program), stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, env=dict(self.environ)
            )

    async def watch(self) -> None:
        """Start it again, after a moment, whenever it ended, until cancelled."""
        async with asking.client(5) as client:
            while True:
                await asyncio.sleep(_LOOK_S)
                try:
                    await self._look(client)
                except Exception:  # noqa: BLE001 (whatever it was, it is logged and looked again)
                    # A watcher that ends leaves its replica dead for the rest of the run.
                    _log.exception("a look after a replica failed", service=self.service, number=self.number)

    async def _look(self, client: httpx.AsyncClient) -> None:
        if self.process is not None and self.process.poll() not in (None, -signal.SIGKILL):
            self.exits.append(self.process.returncode)
        if not self.running:
            self.ready = False
            await asyncio.sleep(self.rest.uniform(0, _LONGEST_REST_S))
            self.start()
        elif not self.ready:
            self.ready = await _is_ready(client, self.base_url)

    async def stop(self) -> int:
        """Stop it in good order and return its exit code."""
        assert self.process is not None
        self.process.terminate()
        return await asyncio.to_thread(self.process.wait, 60)


@dataclass
class Site:
    """The running product. environ: of the services; exits: codes of the processes that were stopped at the end."""

    engines: Engines
    environ: Mapping[str, str]
    replicas: list[Replica]
    logs: Path
    exits: list[int] = field(default_factory=list)

    def of(self, service: str) -> list[Replica]:
        """Return the replicas of a service."""
        return [replica for replica in self.replicas if replica.service == service]

    @property
    def addresses(self) -> dict[str, list[str]]:
        """The base URLs of the replicas by service."""
        return {service: [replica.base_url for replica in self.of(service)] for service in REPLICAS}

    async def ready(self) -> float:
        """Wait until every replica is ready and return after how many seconds that was."""
        began = time.monotonic()
        async with asking.client(5) as client:
            for replica in self.replicas:
                while not await _is_ready(client, replica.base_url):
                    assert time.monotonic() < began + _START_S, f"{replica.base_url} did not get ready: {self.logs}"
                    await asyncio.sleep(_LOOK_S)
        return time.monotonic() - began


async def _is_ready(client: httpx.AsyncClient, base_url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return (await client.get(f"{base_url}/health/ready")).is_success
    return False


def _replicas(environ: Mapping[str, str], logs: Path, rest: random.Random) -> list[Replica]:
    ports = iter(free_ports(sum(REPLICAS.values()), seed=os.getpid() + 409))
    found = []
    for service, many in REPLICAS.items():
        for number in range(1, many + 1):
            its = {**environ, "PORT": str(next(ports))}
            found.append(Replica(service, number, its, logs / f"{service}-{number}.log", rest))
    config = next(replica for replica in found if replica.service == "config")
    for replica in found:
        replica.environ = {**replica.environ, "NANOPORE_CONFIG_URL": config.base_url}
    return found


@contextlib.asynccontextmanager
async def open_site(path: Path, rest: random.Random) -> AsyncIterator[Site]:
    """Run engines that keep what they acknowledge, and all replicas, with everything in a folder."""
    folder = Folder(path / "data")
    asked = {
        "PATH": os.environ["PATH"],
        "NANOPORE_ADMIN_PASSWORD": PASSWORD,
        "NANOPORE_PASSWORD_MEMORY_KIB": "19456",
    }
    async with contextlib.AsyncExitStack() as stack:
        engines = await stack.enter_async_context(running(folder))
        environ = await up.environment(engines, folder, asked, names=tuple(REPLICAS))
        await process.migrate(tuple(REPLICAS), environ)
        site = Site(engines, environ, _replicas(environ, folder.logs, rest), folder.logs)
        for replica in site.replicas:
            replica.start()
        watchers = [asyncio.create_task(replica.watch()) for replica in site.replicas]
        try:
            await site.ready()
            yield site
        finally:
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)
            site.exits += await asyncio.gather(*(replica.stop() for replica in site.replicas if replica.running))
