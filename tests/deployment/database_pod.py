"""A pod of a database on one machine: its volume, its Secrets and its programs."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nanopore_tracking.embedded import postgres
from nanopore_tracking.embedded.folder import Folder
from nanopore_tracking.embedded.ports import free_ports
from tests.deployment.rendering import DEPLOYMENT, render, workload

DATABASE = "nanopore_samples"
READER = "nanopore_backup_reader"
ROLES = (f"{DATABASE}_owner", f"{DATABASE}_app", READER)


@dataclass
class Pod:
    """A pod's volume and programs on this machine, run by the account that engines run as here."""

    folder: Folder
    binaries: Path
    secrets: dict[str, str]
    environ: dict[str, str] = field(init=False)

    @classmethod
    def empty(cls, place: Path, secrets: dict[str, str]) -> "Pod":
        """Make one in a folder that every account may pass. secrets: role → password."""
        folder = Folder(place)
        return cls(folder, postgres.programs(folder.account, folder.programs), secrets)

    def __post_init__(self) -> None:
        self.files = self.folder.path / "files"
        self.volume = self.folder.path / "volume"
        self.data = self.volume / "18" / "docker"
        self.credentials = self.folder.path / "credentials"
        shutil.copytree(DEPLOYMENT / "openshift" / "files" / "postgres", self.files)
        for folder in (self.volume, self.credentials):
            folder.mkdir()
        for role, value in self.secrets.items():
            (self.credentials / f"{role}-password").write_text(value)
        for path in (self.files, *self.files.iterdir(), self.volume, self.credentials, *self.credentials.iterdir()):
            self.give(path)
        self.environ = {
            "PATH": f"{self.binaries}:{os.environ['PATH']}",
            "PGDATA": str(self.data),
            "DATABASE": DATABASE,
            "CREDENTIALS": str(self.credentials),
        }

    def give(self, path: Path) -> None:
        """Give a path to the account."""
        if self.folder.account is not None:
            self.folder.account.owns(path)

    def account(self) -> dict[str, Any]:
        """Return the account for subprocess."""
        account = self.folder.account
        return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}

    def initialise(self) -> subprocess.CompletedProcess[str]:
        """Run what the init container runs."""
        # pg_ctl's server keeps what it was given: a pipe would not end with the script.
        said = self.folder.path / "said"
        with said.open("w") as sink:
            done = subprocess.run(
                ("/usr/bin/env", "bash", str(self.files / "initialise.sh")),
                env=self.environ,
                cwd="/",
                stdout=sink,
                stderr=sink,
                check=False,
                timeout=100,
                **self.account(),
            )
        return subprocess.CompletedProcess(done.args, done.returncode, said.read_text())

    def kill(self) -> None:
        """Kill the server that a failed start left."""
        for file in self.volume.rglob("postmaster.pid"):
            os.kill(int(file.read_text().split()[0]), signal.SIGKILL)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Run what the container runs, on a free port of this machine."""
        port = free_ports(1, seed=os.getpid() + 900)[0]
        container = workload(render("kubernetes"), "sample-db").pod["containers"][0]
        command = [word.replace("*", "127.0.0.1") for word in container["command"]]
        command = [word.replace("/var/run/postgresql", str(self.volume)) for word in command]
        process = await asyncio.create_subprocess_exec(
            *command, f"--port={port}", env=self.environ, cwd="/", stderr=asyncio.subprocess.DEVNULL, **self.account()
        )
        try:
            ready = [word.replace("18/docker", "") for word in container["readinessProbe"]["exec"]["command"]]
            for _ in range(300):
                asked = await asyncio.create_subprocess_exec(*ready, f"--port={port}", env=self.environ)
                if await asked.wait() == 0:
                    break
                await asyncio.sleep(0.1)
            yield port
        finally:
            stop = container["lifecycle"]["preStop"]["exec"]["command"]
            stopped = await asyncio.create_subprocess_exec(*stop, env=self.environ, cwd="/", **self.account())
            assert await stopped.wait() == 0
            assert await asyncio.wait_for(process.wait(), 30) == 0


@contextlib.asynccontextmanager
async def scratch(pod: Pod, container: dict[str, Any]) -> AsyncIterator[int]:
    """Run the server that lives beside a drill; its /tmp and its port are this machine's too."""
    port = free_ports(1, seed=os.getpid() + 950)[0]
    environ = pod.environ | {"PGDATA": str(pod.volume / "scratch"), "PGPORT": str(port)}
    script = pod.files / Path(container["command"][1]).name
    script.write_text(script.read_text().replace("=/tmp", f"={pod.volume}"))
    nowhere: dict[str, Any] = {"stdout": asyncio.subprocess.DEVNULL, "stderr": asyncio.subprocess.DEVNULL}
    server = await asyncio.create_subprocess_exec("bash", script, env=environ, cwd="/", **nowhere, **pod.account())
    try:
        for _ in range(300):
            asking = await asyncio.create_subprocess_exec(*container["startupProbe"]["exec"]["command"], env=environ)
            if await asking.wait() == 0:
                break
            await asyncio.sleep(0.1)
        yield port
    finally:
        server.terminate()
        await server.wait()
