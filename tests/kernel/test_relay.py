"""The relay: every committed event is published once numbered, with one number for ever, whatever is killed when."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from nanopore_tracking.kernel import announcements, errors, numbering
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.outbox import Horizon, Numbering, Outbox, move
from nanopore_tracking.kernel.relay import Relay
from nanopore_tracking.kernel.streams import EPOCH, EVENT_ID, SEQUENCE, State, Stored
from tests.harness.engines import TestEngines
from tests.harness.messaging import Counted, Node, node, prepared, running, until


@pytest.fixture
async def source(engines: TestEngines, request: pytest.FixtureRequest) -> AsyncIterator[Node]:
    """A service with a stream that no other test uses."""
    async with node(engines, "relay-" + str(abs(hash(request.node.name)))) as found:
        yield found


async def _published(source: Node) -> list[tuple[int, int, int]]:
    """Return epoch, sequence and number of everything in the stream."""
    state = await source.stream().state()
    found = []
    for position in range(1, (state.last_seq if state else 0) + 1):
        message = await source.stream().at(position)
        assert message is not None
        found.append((message.epoch, message.sequence, int(message.payload.split(b'"number":')[1].split(b"}")[0])))
    return found


async def test_events_are_published_in_order_with_numbers_without_gaps(source: Node) -> None:
    await source.count(*range(120))

    async with running(source.relay()):
        await until(lambda: _is_published(source, 120))
        await source.count(120)
        await until(lambda: _is_published(source, 121))

    assert await _published(source) == [(1, number + 1, number) for number in range(121)]
    assert await Outbox(source.db, batch=10).size() == (0, 0.0)


async def _is_published(source: Node, number: int) -> bool:
    state = await source.stream().state()
    return state is not None and state.messages >= number


async def test_a_relay_killed_after_publishing_publishes_the_same_numbers_again(source: Node) -> None:
    await source.count(1, 2, 3)
    killed = source.relay()
    outbox = Outbox(source.db, batch=10)
    await outbox.begin()
    batch = await outbox.next(None)
    await killed.publish(batch)
    await source.count(4)

    async with running(source.relay()):
        await until(lambda: _is_published(source, 7))

    assert await _published(source) == [(1, n, n) for n in (1, 2, 3, 1, 2, 3, 4)]


async def test_a_relay_killed_before_publishing_leaves_no_gap(source: Node) -> None:
    await source.count(1, 2)
    outbox = Outbox(source.db, batch=10)
    await outbox.begin()
    await outbox.next(None)

    async with running(source.relay()):
        await until(lambda: _is_published(source, 2))

    assert await _published(source) == [(1, 1, 1), (1, 2, 2)]


async def test_a_relay_that_does_not_lead_any_more_changes_nothing(source: Node) -> None:
    await source.count(1, 2, 3)
    old, new = Outbox(source.db, batch=1), Outbox(source.db, batch=1)
    await old.begin()
    stale = await old.next(None)
    current = await new.next(await new.next(None))

    with pytest.raises(errors.Unavailable, match="Another replica"):
        await old.next(stale)

    assert (await new.next(None)) == current


async def test_of_two_replicas_one_publishes_and_the_other_follows_when_it_ends(engines: TestEngines) -> None:
    async with (
        prepared(engines) as database,
        node(engines, "relay-pair", database=database) as one,
        node(engines, "relay-pair", database=database) as two,
    ):
        first, second = one.relay(), two.relay()
        async with running(first, second):
            await until(lambda: _leads(first, second))
            await one.count(*range(30))
            await two.count(*range(30, 60))
            await until(lambda: _is_published(one, 60))
            leader, other = (one, second) if first.health()["leads"] else (two, first)
            await leader.leadership.stop()
            await leader.count(60)
            await until(lambda: _leads(other))
            await until(lambda: _is_published(two, 61))
        # A batch that was published and not yet deleted is published again: the same events with the same numbers.
        assert list(dict.fromkeys(sequence for _, sequence, _ in await _published(two))) == list(range(1, 62))


async def _leads(*relays: Relay) -> bool:
    return [relay.health()["leads"] for relay in relays].count(True) == 1


async def test_an_event_that_commits_late_is_published_too(source: Node) -> None:
    outbox = Outbox(source.db, batch=10)
    await outbox.begin()
    early = announcements.envelope(
        source.name,
        Call.system(source.name),
        Counted(number=1),
        subject=Subject("thing", "a"),
        tenant_id=None,
        changes=(),
    )
    async with source.db.transaction(Call.system(source.name)) as slow:
        await slow._begin()
        await announcements.write(slow._connection, [early])
        await source.count(2)
        batch = await outbox.next(None)
        for _ in range(3):
            batch = await outbox.next(batch)

    assert len((await outbox.next(batch)).events) == 1


def test_the_horizon_waits_for_transactions_that_run() -> None:
    horizon = Horizon()

    def saw(oldest: int, newest: int, *positions: int) -> int:
        horizon.saw([{"oldest": oldest, "newest": newest, "position": p} for p in positions or (None,)])
        return horizon.position

    assert saw(10, 12, 5, 6) == 0
    assert saw(11, 13) == 0
    assert saw(12, 14) == 6
    assert saw(14, 15, 7, 8) == 6
    assert saw(16, 17, 7) == 7


@pytest.mark.parametrize(
    ("mine", "last", "verdict"),
    [
        (Numbering(1, 1), None, "fits"),
        (Numbering(1, 4, (7,)), (1, 2), "fits"),
        (Numbering(1, 4, (7,)), (1, 3), "fits"),
        (Numbering(1, 4), (1, 3), "fits"),
        (Numbering(1, 4), (1, 4), "given already"),
        (Numbering(1, 4), (2, 1), "given already"),
        (Numbering(2, 1), (1, 900), "fits"),
        (Numbering(1, 4), (1, 2), "stream lost"),
        (Numbering(2, 4), (1, 900), "stream lost"),
    ],
)
def test_the_numbering_is_compared_with_the_stream(mine: Numbering, last: tuple[int, int] | None, verdict: str) -> None:
    message = last and Stored("nanopore.a.b", 1, {EPOCH: str(last[0]), SEQUENCE: str(last[1])}, b"")

    assert numbering.judge(mine, message or None, State(messages=1, last_seq=900)) == verdict


def test_an_empty_stream_is_lost_unless_its_messages_were_too_old() -> None:
    assert numbering.judge(Numbering(1, 9), None, State()) == "stream lost"
    assert numbering.judge(Numbering(1, 9), None, State(first_seq=9, last_seq=8)) == "fits"


async def test_a_database_that_went_back_begins_a_new_epoch_and_repeats_nothing(source: Node) -> None:
    await source.count(*range(1, 6))
    outbox = Outbox(source.db, batch=2)
    await outbox.begin()
    first = await outbox.next(None)
    await source.relay().publish(first)
    second = await outbox.next(first)
    await source.relay().publish(second)
    # As a backup that was taken when the first two were published and deleted, and the others announced.
    async with source.db.transaction(Call.system(source.name)) as tx:
        await move(tx, source.name, Numbering(1, 3))
    await source.count(6)

    async with running(source.relay()):
        await until(lambda: _is_published(source, 6))
        await asyncio.sleep(0.2)

    assert await _published(source) == [(1, n, n) for n in range(1, 5)] + [(2, 1, 5), (2, 2, 6)]
    last = await source.stream().last()
    assert last is not None
    assert last.headers[EVENT_ID]
