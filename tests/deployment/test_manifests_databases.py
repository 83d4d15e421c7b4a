"""What makes a database in a pod, run for real: the roles of one machine, nothing half, nothing twice, nothing lost."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from nanopore_tracking.embedded import postgres
from nanopore_tracking.embedded.folder import Folder
from nanopore_tracking.embedded.ports import free_ports
from tests.deployment.rendering import DEPLOYMENT, render, workload
from tests.harness.engines import TestEngines
from tests.harness.product import Product, checked

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


@pytest.fixture
def pod(open_folder: Path) -> Pod:
    """An empty volume, and Secrets with characters that would break out of a quote."""
    folder = Folder(open_folder)
    words = {role: f'{role}\'s "word" $1 \\' for role in ("superuser", "owner", "app", "reader")}
    return Pod(folder, postgres.programs(folder.account, folder.programs), words)


async def test_the_roles_are_those_of_one_machine(pod: Pod, engines: TestEngines) -> None:
    done = pod.initialise()
    assert done.returncode == 0, done.stdout
    await engines.engines.databases.prepare([DATABASE], reader=READER)
    there = await asyncpg.connect(engines.superuser_url)

    async with pod.running() as port:
        secret = {"user": postgres.SUPERUSER, "password": pod.secrets["superuser"], "port": port, "host": "127.0.0.1"}
        here = await asyncpg.connect(database="postgres", **secret)
        assert await _rights(here) == await _rights(there)
        assert await here.fetchval("SHOW data_checksums") == "on"
        await here.close()
    await there.close()


async def _rights(connection: asyncpg.Connection) -> list[Any]:
    """Return who may do what: roles with their memberships, and rights on databases."""
    roles = await connection.fetch(
        """SELECT rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,
                  ARRAY(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = r.oid ORDER BY 1) AS groups
             FROM pg_roles r WHERE rolname = ANY($1) ORDER BY rolname""",
        list(ROLES),
    )
    databases = await connection.fetch(
        """SELECT datname, pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding, datcollate,
                  datlocprovider::text, datlocale, ARRAY(SELECT unnest(datacl)::text ORDER BY 1) AS rights
             FROM pg_database WHERE datname IN ('postgres', 'template1', $1) ORDER BY datname""",
        DATABASE,
    )
    return [tuple(row) for row in (*roles, *databases)]


async def test_only_those_come_in_who_may(pod: Pod) -> None:
    assert pod.initialise().returncode == 0

    async with pod.running() as port:
        for role, word in zip(ROLES, ("owner", "app", "reader"), strict=True):
            who: dict[str, Any] = {"user": role, "port": port, "host": "127.0.0.1"}
            connection = await asyncpg.connect(database=DATABASE, password=pod.secrets[word], **who)
            await connection.close()
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(database=DATABASE, password="another", **who)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(database="postgres", password=pod.secrets[word], **who)


def test_a_start_that_was_interrupted_leaves_nothing_that_looks_finished(pod: Pod) -> None:
    roles = (pod.files / "roles.sql").read_text()
    (pod.files / "roles.sql").write_text(f"{roles}\nSELECT 1 / 0;")
    assert pod.initialise().returncode != 0
    assert not pod.data.exists()
    # As SIGKILL would, it leaves the server behind.
    pod.kill()

    (pod.files / "roles.sql").write_text(roles)
    done = pod.initialise()
    assert done.returncode == 0, done.stdout
    assert (pod.data / "PG_VERSION").read_text() == "18\n"
    assert [file.name for file in pod.data.parent.iterdir()] == ["docker"]


@pytest.mark.parametrize("content", [None, ""])
def test_nobody_gets_an_empty_password(pod: Pod, content: str | None) -> None:
    file = pod.credentials / "reader-password"
    file.unlink() if content is None else file.write_text(content)

    done = pod.initialise()

    assert (done.returncode, done.stdout) == (
        1,
        "The Secret of this database has no reader-password. Nothing was made.\n",
    )
    assert not pod.data.exists()


def test_what_is_there_is_left_alone(pod: Pod) -> None:
    assert pod.initialise().returncode == 0
    made = (pod.data / "PG_VERSION").stat().st_mtime_ns
    # A volume that is mounted for a group is given to it with everything in it, and PostgreSQL refuses that.
    pod.data.chmod(0o2770)

    done = pod.initialise()

    assert (done.returncode, done.stdout) == (0, "")
    assert (pod.data / "PG_VERSION").stat().st_mtime_ns == made
    assert pod.data.stat().st_mode & 0o777 == 0o700


def test_a_database_of_another_version_is_not_passed_over(pod: Pod) -> None:
    old = pod.volume / "17" / "docker"
    old.mkdir(parents=True)
    (old / "PG_VERSION").write_text("17\n")
    pod.give(pod.volume / "17")

    done = pod.initialise()

    assert done.returncode == 1
    assert "another PostgreSQL version" in done.stdout
    assert not pod.data.exists()


@contextlib.asynccontextmanager
async def _scratch(pod: Pod, container: dict[str, Any]) -> AsyncIterator[int]:
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


async def test_the_drill_brings_a_backup_of_the_product_back(pod: Pod, product: Product) -> None:
    admin = await product.admin()
    asked = checked(await admin.post("/api/backups", json={"note": "for a drill"}))
    drill = workload(render("kubernetes"), "restore-drill").pod

    async def made() -> bool:
        return bool(checked(await admin.get(f"/api/backups/{asked['id']}"))["state"] == "ready")

    await product.eventually(made, within_s=90)
    async with _scratch(pod, drill["initContainers"][0]) as port:
        words = [
            word.replace("/backups", product.environ["NANOPORE_BACKUP_DIR"]).replace(":5432", f":{port}")
            for word in drill["containers"][0]["args"]
        ]
        program = Path(sys.executable).with_name("nanopore-tracking")
        done = await asyncio.create_subprocess_exec(program, *words, stdout=asyncio.subprocess.PIPE)
        said, _ = await done.communicate()

    assert done.returncode == 0
    assert "5 databases came back" in said.decode()
