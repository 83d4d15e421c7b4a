"""What makes a database in a pod, run for real: the roles of one machine, nothing half, nothing twice, nothing lost."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from nanopore_tracking.embedded import postgres
from tests.deployment.database_pod import DATABASE, READER, ROLES, Pod
from tests.harness.engines import TestEngines

pytestmark = pytest.mark.long

#: With characters that would break out of a quote.
WORDS = {role: f'{role}\'s "word" $1 \\' for role in ("superuser", "owner", "app", "reader")}


@pytest.fixture
def pod(open_folder: Path) -> Pod:
    """An empty volume, and Secrets."""
    return Pod.empty(open_folder, WORDS)


@pytest.fixture(scope="module")
def made() -> Iterator[Pod]:
    """A volume in which a database was made."""
    folder = Path(tempfile.mkdtemp(prefix="nanopore-tests-"))
    folder.chmod(0o711)
    pod = Pod.empty(folder, WORDS)
    done = pod.initialise()
    assert done.returncode == 0, done.stdout
    yield pod
    shutil.rmtree(folder, ignore_errors=True)


async def test_the_roles_are_those_of_one_machine(made: Pod, engines: TestEngines) -> None:
    await engines.engines.databases.prepare([DATABASE], reader=READER)
    there = await asyncpg.connect(engines.superuser_url)

    async with made.running() as port:
        secret = {"user": postgres.SUPERUSER, "password": made.secrets["superuser"], "port": port, "host": "127.0.0.1"}
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


async def test_only_those_come_in_who_may(made: Pod) -> None:
    async with made.running() as port:
        for role, word in zip(ROLES, ("owner", "app", "reader"), strict=True):
            who: dict[str, Any] = {"user": role, "port": port, "host": "127.0.0.1"}
            connection = await asyncpg.connect(database=DATABASE, password=made.secrets[word], **who)
            await connection.close()
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(database=DATABASE, password="another", **who)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(database="postgres", password=made.secrets[word], **who)


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


def test_what_is_there_is_left_alone(made: Pod) -> None:
    before = (made.data / "PG_VERSION").stat().st_mtime_ns
    # A volume that is mounted for a group is given to it with everything in it, and PostgreSQL refuses that.
    made.data.chmod(0o2770)

    done = made.initialise()

    assert (done.returncode, done.stdout) == (0, "")
    assert (made.data / "PG_VERSION").stat().st_mtime_ns == before
    assert made.data.stat().st_mode & 0o777 == 0o700


def test_a_database_of_another_version_is_not_passed_over(pod: Pod) -> None:
    old = pod.volume / "17" / "docker"
    old.mkdir(parents=True)
    (old / "PG_VERSION").write_text("17\n")
    pod.give(pod.volume / "17")

    done = pod.initialise()

    assert done.returncode == 1
    assert "another PostgreSQL version" in done.stdout
    assert not pod.data.exists()
