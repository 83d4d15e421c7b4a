"""scripts/restore.sh with a real PostgreSQL, real dumps and the product's command; the cluster alone is recorded."""

import asyncio
import base64
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from nanopore_tracking import process
from nanopore_tracking.embedded.databases import Addresses
from nanopore_tracking.kernel import dumps
from tests.deployment.recording import Ran, Recorder
from tests.deployment.rules import kinds, pods
from tests.harness import engines as harness

pytestmark = pytest.mark.long

RESTORE = "restore.sh"
DATABASE = "nanopore_samples"
#: Of this one each test gets a copy.
_KEPT = "kept"
_LABELS = {"app.kubernetes.io/part-of": "nanopore-tracking", "nanopore-tracking/step": "services"}


@dataclass
class Lab:
    """A cluster whose sample database is a real one, with a backup in which the marker says `before`."""

    cluster: Recorder
    engines: harness.TestEngines
    addresses: Addresses
    backups: Path
    backup: str

    @property
    def environ(self) -> dict[str, str]:
        """The addresses as the migration gets them."""
        return {"SAMPLES_DB_URL": self.addresses.app, "SAMPLES_DB_OWNER_URL": self.addresses.owner}

    async def ask(self, statement: str, url: str = "") -> list[Any]:
        """Run a statement, as the superuser unless another address is given, and return the first column."""
        connection = await asyncpg.connect(url or self.engines.superuser_url)
        try:
            return [row[0] for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    async def databases(self) -> list[str]:
        """Return the databases that were not there at first."""
        found = await self.ask(f"SELECT datname FROM pg_database WHERE datname ~ '_{DATABASE}$' ORDER BY 1")
        return [str(name) for name in found]

    async def may_create(self) -> bool:
        """Say whether the owner of the database may make others."""
        (found,) = await self.ask(f"SELECT rolcreatedb FROM pg_roles WHERE rolname = '{DATABASE}_owner'")
        return bool(found)

    async def marker(self, database: str = DATABASE) -> str:
        """Return what stands in the database, asked as the application."""
        address = self.addresses.app if database == DATABASE else self.addresses.owner
        (found,) = await self.ask("SELECT said FROM marker", urlsplit(address)._replace(path=f"/{database}").geturl())
        return str(found)

    def run(self, *flags: str, answer: str = "") -> Ran:
        """Restore the sample database."""
        return self.cluster.run(RESTORE, "--service", "sample", *flags, answer=answer)


@pytest.fixture(scope="module")
async def own_engines() -> AsyncIterator[harness.TestEngines]:
    """Engines of these tests alone: databases are replaced in them."""
    async with harness.test_engines() as found:
        yield found


@pytest.fixture(scope="module")
async def first(own_engines: harness.TestEngines, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A sample database with a backup, after which something was changed; it is kept to be copied for each test."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "machine").mkdir()
    databases = own_engines.engines.databases
    addresses = (await databases.prepare([DATABASE], reader="nanopore_backup_reader"))[DATABASE]
    found = Lab(Recorder(folder / "machine", "kubectl"), own_engines, addresses, folder / "backups", "")
    await process.migrate(["sample"], found.environ)
    await found.ask("CREATE TABLE marker AS SELECT 'before' AS said", addresses.owner)
    await process.migrate(["sample"], found.environ)
    found.backup = await _back_up(found)
    await found.ask("UPDATE marker SET said = 'after'", addresses.owner)
    await found.ask(f"ALTER DATABASE {DATABASE} RENAME TO {_KEPT}")
    return found


@pytest.fixture
async def lab(first: Lab, tmp_path: Path) -> AsyncIterator[Lab]:
    """A sample database with a backup, after which something was changed."""
    databases = first.engines.engines.databases
    await first.ask(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}_owner TEMPLATE {_KEPT}")
    await databases.prepare([DATABASE], reader="nanopore_backup_reader")
    shutil.copytree(first.backups, tmp_path / "backups")
    (tmp_path / "machine").mkdir()
    cluster = Recorder(tmp_path / "machine", "kubectl")
    found = replace(first, cluster=cluster, backups=tmp_path / "backups")
    cluster.tell(objects=_objects(found), pods=_pods(found))
    yield found
    for name in (*await found.databases(), DATABASE):
        await found.ask(f"DROP DATABASE {name} WITH (FORCE)")


async def _back_up(lab: Lab) -> str:
    folder = lab.backups / "20261124T020000Z-daily-0193abcd"
    folder.mkdir(parents=True)
    part = await dumps.dump(lab.addresses.owner, folder / "sample.dump", service="sample")
    now = datetime.now(UTC)
    manifest = dumps.Manifest(id="1", started_at=now, finished_at=now, tool="pg_dump", parts=[part])
    dumps.write_manifest(folder, manifest)
    return folder.name


def _objects(lab: Lab) -> dict[str, Any]:
    objects: dict[str, Any] = {"statefulset/sample-db": {"metadata": {"name": "sample-db", "labels": {}}}}
    for name, replicas in (("sample-service", 3), ("backup-service", 1), ("config-service", 2)):
        pod = {"containers": [{"image": "nanopore-tracking-app:0.1.0"}], "securityContext": {"fsGroup": 10001}}
        template = {"spec": pod}
        objects[f"deployment/{name}"] = {
            "metadata": {"name": name, "labels": _LABELS},
            "spec": {"replicas": replicas, "template": template},
            "status": {"readyReplicas": replicas},
        }
    password = lab.engines.folder.password("superuser")
    for name, keys in (("sample-db-credentials", {"superuser-password": password}), ("migration-env", lab.environ)):
        data = {key: base64.b64encode(value.encode()).decode() for key, value in keys.items()}
        objects[f"secret/{name}"] = {"kind": "Secret", "metadata": {"name": name, "labels": {}}, "data": data}
    return objects


def _pods(lab: Lab) -> list[str]:
    programs = Path(dumps.tool("pg_restore")).parent
    words = ["-m", "tests.deployment.recorder.pods", lab.backups, lab.engines.engines.postgres_port, programs]
    return [sys.executable, *(str(word) for word in words)]


def _scaled(lab: Lab) -> list[str]:
    return [line.removeprefix("scale ") for line in lab.cluster.lines("scale ")]


async def _looked_at(lab: Lab, out: str) -> str:
    """Look at what was restored as the script says: with its command, and the password of the Secret that it names."""
    assert "get secret sample-db-credentials -o 'jsonpath={.data.superuser-password}' | base64 -d" in out
    (words,) = [line.partition(" psql ")[2].split() for line in out.splitlines() if " psql " in line]
    psql = Path(dumps.tool("pg_restore")).with_name("psql")
    looking = await asyncio.create_subprocess_exec(
        psql, *words, f"--port={lab.engines.engines.postgres_port}", "-At", "--command=SELECT said FROM marker",
        env={"PGPASSWORD": lab.engines.folder.password("superuser")}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await looking.communicate()
    return said.decode().strip()


async def test_a_backup_is_restored_beside_what_is_in_use_and_dropped_again(lab: Lab) -> None:
    ran = lab.run()

    assert ran.code == 0, ran.err
    (scratch,) = await lab.databases()
    assert scratch.startswith("scratch_2")
    assert await lab.marker(scratch) == "before"
    assert await lab.marker() == "after"
    assert not await lab.may_create()
    assert _scaled(lab) == []
    assert f"{scratch} has " in ran.out
    assert await _looked_at(lab, ran.out) == "before"
    assert "with --drop-scratch" in ran.out

    ran = lab.run("--drop-scratch")

    assert ran.code == 0, ran.err
    assert await lab.databases() == []
    assert await lab.marker() == "after"


async def _what_was_replaced_is_dropped_when_nobody_needs_it(lab: Lab) -> None:
    assert lab.run("--drop-scratch").code == 0
    assert len(await lab.databases()) == 1
    assert lab.run("--drop-replaced").code == 0
    assert await lab.databases() == []
    assert await lab.marker() == "on"


def _jobs_are_such_as_a_server_takes(lab: Lab) -> None:
    jobs = [thing for key, thing in lab.cluster.state["objects"].items() if key.startswith("job/")]

    assert len(jobs) == 3
    # What is there of one is not asked of it; the server says it.
    assert kinds.invalid([{key: value for key, value in job.items() if key != "status"} for job in jobs]) == []
    assert pods.unrestricted(jobs) == []
    assert pods.unbounded(jobs) == []
    assert {job["spec"]["template"]["spec"]["securityContext"]["fsGroup"] for job in jobs} == {10001}


async def test_a_restored_database_takes_the_place_of_the_one_in_use(lab: Lab) -> None:
    ran = lab.run("--in-place", answer="nanopore-tracking\n")

    assert ran.code == 0, ran.err
    # The application may read it and write to it, as before.
    assert await lab.marker() == "before"
    await lab.ask("UPDATE marker SET said = 'on'", lab.addresses.app)
    (replaced,) = await lab.databases()
    assert replaced.startswith("before_2")
    assert await lab.marker(replaced) == "after"
    assert not await lab.may_create()
    assert _scaled(lab) == [
        "deployment/backup-service --replicas=0",
        "deployment/sample-service --replicas=0",
        *sorted(_scaled(lab)[2:]),
    ]
    assert set(_scaled(lab)[2:]) == {"deployment/backup-service --replicas=1", "deployment/sample-service --replicas=3"}
    assert len(lab.cluster.lines("rollout status")) == 2
    others = f"SELECT has_database_privilege('nanopore_backup_reader', '{DATABASE}', 'CONNECT')"
    assert await lab.ask(others) == [True]
    assert await lab.ask(
        f"SELECT count(*) FROM pg_database WHERE datname = '{DATABASE}' AND datacl::text ~ '[{{,]=T'"
    ) == [0]
    _jobs_are_such_as_a_server_takes(lab)
    await _what_was_replaced_is_dropped_when_nobody_needs_it(lab)


@pytest.mark.parametrize("answer", ["", "yes\n"])
async def test_nothing_is_replaced_without_the_name_of_the_namespace(lab: Lab, answer: str) -> None:
    ran = lab.run("--in-place", answer=answer)

    assert ran.code == 7
    assert f"changed since {lab.backup} in sample" in ran.err
    assert await lab.marker() == "after"
    assert await lab.databases() == []
    assert _scaled(lab) == []


async def test_a_damaged_backup_changes_nothing(lab: Lab) -> None:
    file = lab.backups / lab.backup / "sample.dump"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)

    ran = lab.run("--in-place", "--confirm", "nanopore-tracking")

    assert ran.code == 5
    assert "This backup is damaged, nothing was restored." in ran.err
    assert "Stopped at: restore." in ran.err
    assert await lab.marker() == "after"
    assert await lab.databases() == []
    assert not await lab.may_create()
    assert _scaled(lab) == []


async def test_services_come_back_when_something_fails_behind_the_exchange(lab: Lab) -> None:
    (lab.backups / ".refused").write_text("restore-migration", "utf-8")

    ran = lab.run("--in-place", "--confirm", "nanopore-tracking")

    assert ran.code == 5
    assert "this Job is refused" in ran.err
    assert "Stopped at: migration." in ran.err
    assert "is still there, as before_2" in ran.err
    assert set(_scaled(lab)[2:]) == {"deployment/backup-service --replicas=1", "deployment/sample-service --replicas=3"}
    (replaced,) = await lab.databases()
    assert await lab.marker(replaced) == "after"
    assert not await lab.may_create()


async def test_backups_are_listed(lab: Lab) -> None:
    (lab.backups / ".20261125T020000Z-daily-0193abce").mkdir()

    ran = lab.cluster.run(RESTORE, "--list")

    assert ran.out.splitlines() == [lab.backup]


async def test_a_backup_that_is_not_there_is_told_with_those_that_are(lab: Lab) -> None:
    ran = lab.run("--backup", "20250101T000000Z-daily-0")

    assert ran.code == 2
    assert f"There is no backup 20250101T000000Z-daily-0. There are:\n{lab.backup}" in ran.err


async def test_databases_of_an_operator_are_left_to_it(lab: Lab) -> None:
    objects = lab.cluster.state["objects"]
    del objects["statefulset/sample-db"]
    lab.cluster.tell(objects=objects)
    ran = lab.run()

    assert ran.code == 2
    assert "CloudNativePG" in ran.err
