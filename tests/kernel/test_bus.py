"""The bus: batches are kept whole, streams are read in order from a position, and a killed NATS is come back from."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.bus import Bus
from nanopore_tracking.kernel.reader import Interrupted, Reader
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.streams import EPOCH, SEQUENCE, Outgoing, Refused, Stored, Stream

SETTINGS = KernelSettings()


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    found = Bus(nats_url, name="tests")
    await found.start()
    assert await found.wait(10)
    yield found
    await found.stop()


@pytest.fixture
def stream(bus: Bus, request: pytest.FixtureRequest) -> Stream:
    """A stream that no other test uses."""
    return Stream(bus, "bus-" + str(abs(hash(request.node.name))), SETTINGS)


def _messages(stream: Stream, first: int, last: int, payload: bytes = b"{}") -> list[Outgoing]:
    return [
        Outgoing(stream.subject("thing.made"), payload, {SEQUENCE: str(number), EPOCH: "1"})
        for number in range(first, last + 1)
    ]


async def _read(reader: Reader, number: int) -> list[Stored]:
    found: list[Stored] = []
    while len(found) < number:
        taken = await reader.take(100, 5)
        assert taken, f"only {len(found)} messages came"
        found += taken
    return found


@pytest.mark.parametrize("atomic", [True, False])
async def test_what_is_published_is_read_in_order_from_any_position(stream: Stream, *, atomic: bool) -> None:
    await stream.ensure()
    stream._atomic = atomic
    for first in range(1, 500, 100):
        await stream.publish(_messages(stream, first, first + 99))
    reader = Reader(stream, batch=64)

    await reader.open(101)
    found = await _read(reader, 400)
    await stream.publish(_messages(stream, 501, 501))
    found += await _read(reader, 1)
    await reader.close()

    assert [message.sequence for message in found] == list(range(101, 502))
    assert [message.position for message in found] == list(range(101, 502))
    assert (found[0].epoch, found[0].pending, found[-1].pending) == (1, 399, 0)
    assert stream.event_type(found[0].subject) == "thing.made"


async def test_a_batch_that_is_not_finished_is_not_kept(stream: Stream) -> None:
    await stream.ensure()
    batch = _messages(stream, 1, 3)
    for number, message in enumerate(batch[:2], 1):
        headers = message.headers | {"Nats-Batch-Id": "unfinished", "Nats-Batch-Sequence": str(number)}
        await stream.bus.send(message.subject, message.payload, headers=headers)
    await stream.publish(_messages(stream, 4, 6))

    reader = Reader(stream, batch=10)
    await reader.open(1)
    assert [message.sequence for message in await _read(reader, 3)] == [4, 5, 6]
    await reader.close()


async def test_the_stream_keeps_what_it_has_and_may_not_be_emptied(stream: Stream) -> None:
    state = await stream.ensure()
    await stream.publish(_messages(stream, 1, 2))
    answer = await stream.bus.request(f"$JS.API.STREAM.PURGE.{stream.name}")

    assert state.messages == 0
    assert b"purge not permitted" in answer
    assert (await stream.ensure()).messages == 2


async def test_a_full_stream_refuses_and_takes_more_when_its_limit_is_raised(bus: Bus) -> None:
    small = Stream(bus, "bus-small", KernelSettings(event_kept_bytes=2000))
    await small.ensure()
    with pytest.raises(Refused):
        await _fill(small)
    before = await small.state()

    large = Stream(bus, "bus-small", KernelSettings(event_kept_bytes=200_000))
    await large.ensure()
    await large.publish(_messages(large, 7, 8, b"x" * 200))

    after = await large.state()
    assert before is not None
    assert after is not None
    assert after.messages == before.messages + 2


async def _fill(stream: Stream) -> None:
    for first in range(1, 100, 2):
        await stream.publish(_messages(stream, first, first + 1, b"x" * 200))


async def test_what_is_not_there_is_said_to_be_not_there(stream: Stream) -> None:
    assert await stream.state() is None
    assert await stream.last() is None
    await stream.ensure()
    assert await stream.at(7) is None


async def test_reading_ends_by_an_error_when_the_reading_is_gone(stream: Stream) -> None:
    await stream.ensure()
    reader = Reader(stream, batch=10)
    await reader.open(1)
    await stream.bus.request(f"$JS.API.CONSUMER.DELETE.{stream.name}.{reader._consumer}")

    with pytest.raises(Interrupted):
        await reader.take(10, 30)


async def test_a_waiting_take_returns_when_it_is_hurried(stream: Stream) -> None:
    await stream.ensure()
    reader = Reader(stream, batch=10)
    await reader.open(None)
    began_s = time.monotonic()
    task = asyncio.create_task(reader.take(10, 30))
    await asyncio.sleep(0.05)
    reader.hurry()

    assert await task == []
    assert time.monotonic() - began_s < 20, "it waited to the end"
    await reader.close()


async def test_a_ping_reaches_other_processes(bus: Bus, nats_url: str) -> None:
    told = asyncio.Event()
    bus.on_ping("things", told.set)
    other = Bus(nats_url)
    await other.start()
    await other.wait(10)
    await asyncio.sleep(0.05)
    await other.ping("something-else")
    assert not told.is_set()
    await other.ping("things")

    await asyncio.wait_for(told.wait(), 30)
    await other.stop()


async def test_without_a_server_everything_is_unavailable_at_once() -> None:
    bus = Bus("nats://127.0.0.1:9")
    await bus.start()
    stream = Stream(bus, "nowhere", SETTINGS)

    assert not bus.connected
    assert not await bus.wait(0.05)
    with pytest.raises(errors.Unavailable):
        await stream.publish(_messages(stream, 1, 2))
    with pytest.raises(errors.Unavailable):
        await Reader(stream, batch=1).open(1)
    await bus.ping("nobody")
    await bus.stop()
