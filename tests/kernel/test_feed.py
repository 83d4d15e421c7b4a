"""The feed: tells what changes from now on, replays what a reader missed, and says when it cannot."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from uuid import UUID

import pytest

from nanopore_tracking.kernel.auth import NOBODY, Principal
from nanopore_tracking.kernel.feed import Feed, Item, Resync
from nanopore_tracking.kernel.http import changes
from tests.harness.engines import TestEngines
from tests.harness.messaging import Node, node, running


@pytest.fixture
async def source(engines: TestEngines, request: pytest.FixtureRequest) -> AsyncIterator[Node]:
    """A service that announces, with a stream that no other test uses."""
    async with node(engines, "feed-" + str(abs(hash(request.node.name)))) as found, running(found.relay()):
        yield found


@pytest.fixture
async def feed(source: Node) -> AsyncIterator[Feed]:
    """A feed that keeps ten changes."""
    found = Feed(source.name, source.bus, source.settings, kept=10)
    async with running(found):
        yield found


class Follower:
    """Somebody who follows a feed."""

    def __init__(self, feed: Feed, last: int | None = None, visible: Callable[[Item], bool] = lambda _: True) -> None:
        self.heard: list[int | str] = []
        self._task = asyncio.create_task(self._follow(feed, last, visible))

    async def _follow(self, feed: Feed, last: int | None, visible: Callable[[Item], bool]) -> None:
        async for found in feed.follow(last, visible):
            self.heard.append("resync" if isinstance(found, Resync) else found.sequence)

    async def heard_of(self, *expected: int | str) -> None:
        """Wait until exactly these were heard."""
        for _ in range(300):
            if self.heard == list(expected):
                break
            await asyncio.sleep(0.02)
        assert self.heard == list(expected)

    async def ended(self) -> None:
        """Wait until there is nothing more to come."""
        await asyncio.wait_for(self._task, 30)


async def _begun(feed: Feed) -> None:
    await asyncio.wait_for(feed._ready.wait(), 10)


async def test_changes_are_told_from_now_on(source: Node, feed: Feed) -> None:
    await source.count(1, 2)
    await asyncio.sleep(0.3)
    follower = Follower(feed)
    await _begun(feed)
    await source.count(3, 4)

    await follower.heard_of(3, 4)


async def test_the_position_is_that_of_the_latest_change_and_nothing_is_missed_after_it(
    source: Node, feed: Feed
) -> None:
    assert [feed.position] == [None]
    await source.count(1, 2)
    await asyncio.sleep(0.3)
    await feed.begin(10)
    assert feed.position == 2
    position = feed.position
    await source.count(3)
    await Follower(feed, position).heard_of(3)
    assert feed.position == 3


async def test_an_item_says_what_changed_and_whose_it_is(source: Node, feed: Feed) -> None:
    found: list[Item | Resync] = []

    async def follow() -> None:
        async for item in feed.follow(None, lambda _: True):
            found.append(item)
            return

    task = asyncio.create_task(follow())
    await _begun(feed)
    await source.count(1, about="x")
    await asyncio.wait_for(task, 30)

    assert found == [Item(1, "thing.counted", "thing", "x", None, None)]


async def test_who_comes_back_hears_what_was_missed(source: Node, feed: Feed) -> None:
    first = Follower(feed)
    await _begun(feed)
    await source.count(1, 2, 3)
    await first.heard_of(1, 2, 3)

    await Follower(feed, 1).heard_of(2, 3)
    latest = Follower(feed, 3)
    await source.count(4)
    await latest.heard_of(4)


async def test_who_was_away_for_too_long_is_told_to_read_everything(source: Node, feed: Feed) -> None:
    first = Follower(feed)
    await _begun(feed)
    await source.count(*range(1, 11))
    await first.heard_of(*range(1, 11))
    await source.count(*range(11, 21))
    await first.heard_of(*range(1, 21))

    await Follower(feed, 10).heard_of(*range(11, 21))
    late = Follower(feed, 9)
    await late.heard_of("resync")
    await source.count(21)
    await late.heard_of("resync", 21)
    await Follower(feed, 4711).heard_of("resync")


async def test_only_what_is_visible_is_told(source: Node, feed: Feed) -> None:
    follower = Follower(feed, visible=lambda item: item.id == "b")
    await _begun(feed)
    await source.count(1, about="a")
    await source.count(2, about="b")

    await follower.heard_of(2)


async def test_followers_end_with_the_feed(source: Node, feed: Feed) -> None:
    waiting, reading = Follower(feed), Follower(feed, 3)
    await asyncio.sleep(0.05)
    await feed.stop()

    await waiting.ended()
    await reading.ended()


async def test_a_new_epoch_is_told_as_a_break(source: Node, feed: Feed) -> None:
    follower = Follower(feed)
    await _begun(feed)
    await source.count(1)
    await follower.heard_of(1)
    feed._epoch = 0
    feed._last = 0
    feed._break()

    await follower.heard_of(1, "resync")


def test_who_may_know_of_a_change() -> None:
    lab, other = UUID(int=1), UUID(int=2)

    def may(principal: Principal, tenant_id: UUID | None, kind: str = "thing") -> bool:
        return changes.sees(principal, Item(1, "things.made", kind, "1", None, tenant_id), {"tool": "tools.read"})

    member = replace(NOBODY, tenants=frozenset({lab}))
    everywhere = replace(NOBODY, tenants=None)
    operator = replace(NOBODY, permissions=frozenset({"operations.read"}))
    assert [may(member, place) for place in (lab, other, None)] == [True, False, False]
    assert [may(everywhere, place) for place in (lab, other, None)] == [True, True, False]
    assert [may(operator, place) for place in (lab, other, None)] == [False, False, True]
    keeper = replace(NOBODY, permissions=frozenset({"tools.read"}))
    assert [may(keeper, None, kind) for kind in ("tool", "thing")] == [True, False]
    assert not may(operator, None, "tool")
