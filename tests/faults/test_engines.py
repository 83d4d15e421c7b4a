"""Engines that die, starters that die, folders that are in use: nothing acknowledged is lost, nothing left behind."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import nats
import psutil
import pytest

from nanopore_tracking.embedded.engine import end_leftover
from nanopore_tracking.embedded.engines import Engines, running
from nanopore_tracking.embedded.folder import Folder
from nanopore_tracking.kernel.errors import Conflict

pytestmark = pytest.mark.fault

_STARTER = """
import asyncio, sys
from pathlib import Path
from typing import Any
from nanopore_tracking.embedded.engines import running
from nanopore_tracking.embedded.folder import Folder

async def main():
    folder = Folder(Path(sys.argv[1]))
    with folder.hold("http://127.0.0.1:1"):
        async with running(folder) as engines:
            print(engines.postgres.process.pid, engines.nats.process.pid, flush=True)
            await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture
def folder(open_folder: Path) -> Folder:
    return Folder(open_folder / "data")


@contextlib.asynccontextmanager
async def _samples_database(engines: Engines) -> AsyncIterator[str]:
    found = await engines.databases.prepare(["nanopore_samples"])
    yield found["nanopore_samples"].owner


async def _until(attempt: Callable[[], Awaitable[Any]], within_s: float = 90) -> Any:
    deadline = time.monotonic() + within_s
    while True:
        try:
            return await attempt()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)


async def test_a_killed_postgresql_comes_back_with_everything_committed(folder: Folder) -> None:
    async with running(folder) as engines, _samples_database(engines) as url:
        before = await asyncpg.connect(url)
        await before.execute("CREATE TABLE thing (id int); INSERT INTO thing VALUES (1)")

        assert engines.postgres.process is not None
        engines.postgres.process.kill()
        after = await _until(lambda: asyncpg.connect(url))

        assert await after.fetchval("SELECT count(*) FROM thing") == 1
        before.terminate()
        await after.close()


async def test_a_killed_nats_comes_back_with_everything_acknowledged(folder: Folder) -> None:
    async with running(folder) as engines:
        client = await nats.connect(engines.nats_url)
        stream = client.jetstream()
        await stream.add_stream(name="things", subjects=["things.>"])
        await stream.publish("things.one", b"kept")
        await client.close()

        assert engines.nats.process is not None
        engines.nats.process.kill()
        engines.nats.process.wait()
        await _until(lambda: _is_running(engines))

        again = await nats.connect(engines.nats_url)
        assert (await again.jetstream().get_msg("things", seq=1)).data == b"kept"
        await again.close()


async def _is_running(engines: Engines) -> None:
    if not (engines.nats.running and await engines.nats.ready()):
        raise ConnectionError


@pytest.fixture
def starter(folder: Folder) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A process that runs both engines over the folder, and the process ids of the engines."""
    process = subprocess.Popen(
        (sys.executable, "-c", _STARTER, str(folder.path)), stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stdout is not None
    yield process, [int(word) for word in process.stdout.readline().split()]
    process.kill()
    process.wait()
    process.stdout.close()


async def test_engines_end_with_a_starter_that_is_killed_and_start_again(
    folder: Folder, starter: tuple[subprocess.Popen[str], list[int]]
) -> None:
    process, engines = starter

    process.kill()
    process.wait()

    assert await _all_gone(engines)
    with folder.hold("http://127.0.0.1:2"):
        async with running(folder) as again:
            assert again.postgres.running
            assert again.nats.running


async def test_everything_killed_at_once_starts_again(
    folder: Folder, starter: tuple[subprocess.Popen[str], list[int]]
) -> None:
    process, engines = starter

    for pid in (process.pid, *engines):
        os.kill(pid, signal.SIGKILL)
    process.wait()

    with folder.hold("http://127.0.0.1:2"):
        async with running(folder) as again:
            assert again.postgres.running
            assert again.nats.running


async def test_a_second_start_on_the_same_folder_is_refused_and_says_who_has_it(
    folder: Folder, starter: tuple[subprocess.Popen[str], list[int]]
) -> None:
    with pytest.raises(Conflict, match=f"process {starter[0].pid} at http://127.0.0.1:1"), folder.hold("elsewhere"):
        pass

    assert all(psutil.pid_exists(pid) for pid in starter[1])


async def _all_gone(pids: list[int]) -> bool:
    for _ in range(300):
        if not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids):
            return True
        await asyncio.sleep(0.05)
    return False


def test_a_left_over_engine_is_ended(tmp_path: Path) -> None:
    with subprocess.Popen((sys.executable, "-c", "import time; time.sleep(60)", "the-engine")) as process:
        pid_file = tmp_path / "engine.pid"
        pid_file.write_text(f"{process.pid}\n")
        while "the-engine" not in psutil.Process(process.pid).cmdline():
            time.sleep(0.01)

        end_leftover(pid_file, must_mention="the-engine", stop_signal=signal.SIGTERM)

        assert process.wait(5) == -signal.SIGTERM
        assert not pid_file.exists()


def test_a_program_that_has_the_number_of_a_dead_engine_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen((sys.executable, "-c", "import time; time.sleep(60)")) as process:
        pid_file = tmp_path / "engine.pid"
        pid_file.write_text(f"{process.pid}\n")

        end_leftover(pid_file, must_mention="the-engine", stop_signal=signal.SIGTERM)

        assert process.poll() is None
        process.kill()


def test_secrets_are_for_the_owner_alone(folder: Folder) -> None:
    folder.password("superuser")

    for file in (folder.signing_key, folder.path / "passwords.json"):
        assert file.stat().st_mode & 0o777 == 0o600


def test_passwords_stay_the_same(folder: Folder) -> None:
    assert folder.password("nats") == Folder(folder.path).password("nats")
