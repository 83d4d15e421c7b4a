"""A process that drives sagas is killed at every step; each saga is done or undone by another, with no effect twice."""

import asyncio
import contextlib
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.harness.errands import Errands, errands

pytestmark = pytest.mark.fault

DO = [f"{step}:do:{when}" for step in ("reserve", "ship", "book", "note") for when in ("enter", "leave")]
UNDO = [f"{step}:undo:{when}" for step in ("book", "ship", "reserve") for when in ("enter", "leave")]
DONE = ["reserve:do", "book:do", "note:do"]
UNDONE = ["reserve:do", "book:do", "book:undo", "reserve:undo"]


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Errands]:
    """The service of errands on a fresh database; nothing drives it in this process."""
    async with errands(database_url) as found:
        yield found


@contextlib.asynccontextmanager
async def replica(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that drives errands, told to end at the end if it still runs."""
    command = (sys.executable, "-m", "tests.harness.errands", url)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


@pytest.mark.timeout(300)
async def test_a_replica_that_is_killed_at_any_step_is_followed_by_another(
    service: Errands, database_url: str, tmp_path: Path
) -> None:
    """Each errand kills the first process that comes to its place; processes are started until all errands ended."""
    wanted = {f"done, killed at {place}": (place, "") for place in DO}
    wanted |= {f"undone, killed at {place}": (place, "note") for place in (*DO[:-1], *UNDO)}
    for number, (key, (place, refuse)) in enumerate(wanted.items()):
        await service.begin(key, die=place, refuse=refuse, marker=str(tmp_path / str(number)))
    codes: Counter[int | None] = Counter()
    async with asyncio.timeout(280):
        while await _open(service, list(wanted)):
            async with replica(database_url) as process:
                while process.returncode is None and await _open(service, list(wanted)):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            codes[process.returncode] += 1
    assert codes[-signal.SIGKILL] >= 1
    assert len(list(tmp_path.iterdir())) == len(wanted)
    for key, (_, refuse) in wanted.items():
        row = await service.row(key)
        assert row["state"] == ("compensated" if refuse else "completed"), key
        assert await service.effects(key) == (UNDONE if refuse else DONE), key
        assert set(await service.parcels(key)) == ({"ship:do", "ship:undo"} if refuse else {"ship:do"}), key
        assert len(await service.steps(key)) == (7 if refuse else 5), key


async def _open(service: Errands, keys: list[str]) -> bool:
    for key in keys:
        if (await service.row(key))["ended_at"] is None:
            return True
    return False
