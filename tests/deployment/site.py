"""A cluster on one machine: the programs of the manifests with their variables, files and arguments, at other ports."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from nanopore_tracking import registry
from nanopore_tracking.embedded import nats
from nanopore_tracking.embedded.ports import free_ports
from tests.deployment import agreed
from tests.deployment.rendering import DEPLOYMENT, Thing, render, workload
from tests.deployment.rules import settings
from tests.harness.engines import TestEngines

ADMIN_PASSWORD = "twelve letters at least"
#: Reads as a number where it is not quoted.
NATS_PASSWORD = "12e4"
READER = "nanopore_backup_reader"
_SERVERS = 3
_READY_S = 60.0


@dataclass
class Site:
    """Programs that run. ports: of each by its name, and of NATS by "nats-0/client", "nats-0/cluster" and so on."""

    folder: Path
    things: list[Thing]
    secrets: dict[str, dict[str, str]]
    ports: dict[str, int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def url(self, service: str) -> str:
        """Return where a service answers."""
        return f"http://127.0.0.1:{self.ports[agreed.deployment_of(service)]}"

    def environment(self, name: str) -> dict[str, str]:
        """Return the variables of a pod, with what is elsewhere on this machine put in."""
        found = settings.environment(self.things, workload(self.things, name), self.secrets)
        return {key: self._here(value, name) for key, value in found.items()}

    def start(self, name: str, command: list[str], environ: dict[str, str]) -> None:
        """Start a program; what it says goes into a file."""
        with (self.folder / f"{name}.log").open("ab") as sink:
            self.running[name] = subprocess.Popen(
                command, env={"PATH": os.environ["PATH"], **environ}, cwd=self.folder, stdout=sink, stderr=sink
            )

    def said(self, name: str) -> str:
        """Return what a program said."""
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    async def migrate(self) -> None:
        """Run what the migration Job runs."""
        args = workload(self.things, "migration").pod["containers"][0]["args"]
        self.start("migration", [_program(), *args], self.environment("migration"))
        code = await asyncio.to_thread(self.running.pop("migration").wait, _READY_S)
        assert code == 0, self.said("migration")

    def serve(self, name: str) -> None:
        """Start what a Deployment runs."""
        args = workload(self.things, name).pod["containers"][0]["args"]
        self.start(name, [_program(), *args], self.environment(name))

    def start_nats(self, server: str) -> None:
        """Start one server of the StatefulSet, with its configuration and arguments."""
        container = workload(self.things, "nats").pod["containers"][0]
        environ = settings.environment(self.things, workload(self.things, "nats"), self.secrets)
        text = (DEPLOYMENT / "openshift" / "files" / "nats" / "nats.conf").read_text("utf-8")
        store = self.folder / server
        for place, there in (("/data", store), ("/var/run/nats/nats.pid", store.with_suffix(".pid"))):
            assert place in text
            text = text.replace(place, str(there))
        for port, kind in (("4222", "client"), ("8222", "monitor"), ("6222", "cluster")):
            assert f": {port}" in text
            text = text.replace(f": {port}", f": {self.ports[f'{server}/{kind}']}")
        conf = self.folder / f"{server}.conf"
        conf.write_text(text)
        _, _, *args = container["command"]
        words = [self._here(word.replace("$(NATS_PASSWORD)", NATS_PASSWORD), server) for word in args]
        self.start(server, [_nats(), f"--config={conf}", *words], environ | {"SERVER_NAME": server})

    async def ready(self, name: str, url: str) -> None:
        """Wait until a program answers 200."""
        until = asyncio.get_running_loop().time() + _READY_S
        async with httpx.AsyncClient(timeout=5) as client:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(url)).status_code == 200:
                        return
                assert self.running[name].poll() is None, f"{name} ended: {self.said(name)[-3000:]}"
                assert asyncio.get_running_loop().time() < until, f"{name} was not ready: {self.said(name)[-3000:]}"
                await asyncio.sleep(0.2)

    async def stop(self, name: str, within_s: float) -> int:
        """End a program as kubelet does; return its exit code."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(process.wait, within_s)

    def close(self) -> None:
        """Kill what still runs."""
        for process in self.running.values():
            process.kill()
            process.wait()

    def _here(self, value: str, name: str) -> str:
        for service in agreed.LEAST:
            value = value.replace(f"//{service}:8000", f"//127.0.0.1:{self.ports[service]}")
        for server in (f"nats-{number}" for number in range(_SERVERS)):
            value = value.replace(f"{server}.nats:4222", f"127.0.0.1:{self.ports[f'{server}/client']}")
            value = value.replace(f"{server}.nats:6222", f"127.0.0.1:{self.ports[f'{server}/cluster']}")
        if name in self.ports:
            own = str(self.ports[name])
            value = {"0.0.0.0": "127.0.0.1", "8000": own}.get(value, value)  # noqa: S104 (what the manifest says)
            value = value.replace("127.0.0.1:8000", f"127.0.0.1:{own}")
        for place in ("/objects", "/backups", "/etc/config-signing-key"):
            if value.removeprefix("file://").startswith(place):
                value = value.replace(place, str(self.folder / place.rpartition("/")[2]))
        return value


def _program() -> str:
    return str(Path(sys.executable).with_name("nanopore-tracking"))


def _nats() -> str:
    return str(nats.program(None, Path("/nowhere")))


async def _secrets(engines: TestEngines, folder: Path) -> dict[str, dict[str, str]]:
    """Return what the script makes: addresses of databases with roles as everywhere, a key, passwords."""
    services = [service for name in registry.NAMES if (service := registry.load(name)).database]
    databases = engines.engines.databases
    addresses = await databases.prepare([str(service.database) for service in services], reader=READER)
    found: dict[str, dict[str, str]] = {
        "nats-credentials": {"password": NATS_PASSWORD},
        "nanopore-admin": {"password": ADMIN_PASSWORD},
        "migration-env": {},
    }
    readers = {
        f"NANOPORE_BACKUP_{service.name.upper()}_URL": databases.url(READER, str(service.database))
        for service in services
    }
    for service in services:
        variable, its = str(service.database_env), addresses[str(service.database)]
        found[f"{service.name}-service-env"] = {variable: its.app, **(readers if service.name == "backup" else {})}
        found["migration-env"] |= {variable: its.app, variable.replace("_URL", "_OWNER_URL"): its.owner}
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "config-signing-key").mkdir()
    (folder / "config-signing-key" / "signing-key.pem").write_bytes(key)
    return found


def _names() -> Iterator[str]:
    yield from agreed.LEAST
    for number in range(_SERVERS):
        yield from (f"nats-{number}/{kind}" for kind in ("client", "cluster", "monitor"))


@contextlib.asynccontextmanager
async def running_site(engines: TestEngines, *way: str) -> AsyncIterator[Site]:
    """Run three NATS servers; the rest is up to the test."""
    folder = Path(tempfile.mkdtemp(prefix="nanopore-site-"))
    names = list(_names())
    ports = dict(zip(names, free_ports(len(names), seed=os.getpid() + 1500), strict=True))
    site: Any = None
    try:
        things = await asyncio.to_thread(render, *way)
        site = Site(folder, things, await _secrets(engines, folder), ports)
        for number in range(_SERVERS):
            site.start_nats(f"nats-{number}")
        yield site
    finally:
        if site is not None:
            site.close()
        shutil.rmtree(folder, ignore_errors=True)
