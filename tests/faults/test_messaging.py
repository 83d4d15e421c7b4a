"""Relay and inbox while engines are killed: each announced event has its effect once, in order, without any help."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nanopore_tracking.embedded.engine import Engine
from nanopore_tracking.embedded.engines import running as engines_running
from nanopore_tracking.embedded.folder import Folder
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.inbox import Subscription
from tests.harness.engines import TestEngines
from tests.harness.messaging import Counted, Node, effect, effects_are, node, running

pytestmark = pytest.mark.fault


@pytest.fixture
async def own(open_folder: Path) -> AsyncIterator[TestEngines]:
    """Engines that a test may kill; with all of their durability."""
    folder = Folder(open_folder / "data")
    async with engines_running(folder) as engines:
        yield TestEngines(folder, engines)


@pytest.fixture
async def pair(own: TestEngines) -> AsyncIterator[tuple[Node, Node]]:
    """A service that announces, and one in which each announced number has its effect."""
    async with node(own, "source") as source, node(own, "reader") as reader:
        subscription = Subscription(source="source", handlers={Counted: effect})
        async with running(source.relay(), reader.inbox(subscription)):
            yield source, reader


def _kill(engine: Engine) -> None:
    assert engine.process is not None
    engine.process.kill()


async def test_a_killed_nats_is_come_back_from_and_nothing_is_lost(own: TestEngines, pair: tuple[Node, Node]) -> None:
    source, reader = pair
    await source.count(*range(100))
    await effects_are(reader, range(100))
    for first in (100, 200):
        _kill(own.engines.nats)
        await source.count(*range(first, first + 100))
        await effects_are(reader, range(first + 100), within_s=60)


async def test_a_killed_postgresql_is_come_back_from_and_nothing_is_done_twice(
    own: TestEngines, pair: tuple[Node, Node]
) -> None:
    source, reader = pair
    for first in (0, 500, 1000):
        await _announce(source, range(first, first + 500))
        await asyncio.sleep(0.03)
        _kill(own.engines.postgres)

    await _come_back(reader, range(1500))


async def test_both_killed_again_and_again_lose_nothing_and_do_nothing_twice(
    own: TestEngines, pair: tuple[Node, Node]
) -> None:
    source, reader = pair
    for number in range(6):
        await _announce(source, range(number * 200, number * 200 + 200))
        await asyncio.sleep(0.05 * number)
        _kill((own.engines.nats, own.engines.postgres)[number % 2])

    await _come_back(reader, range(1200))


async def _announce(source: Node, numbers: range) -> None:
    """Announce the numbers; the database may be away for a moment."""
    for _ in range(600):
        with contextlib.suppress(errors.Unavailable):
            await source.count(*numbers)
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the database did not come back")


async def _come_back(reader: Node, numbers: range) -> None:
    for _ in range(900):
        with contextlib.suppress(errors.Unavailable):
            if await reader.effects() == list(numbers):
                return
        await asyncio.sleep(0.1)
    assert await reader.effects() == list(numbers)
