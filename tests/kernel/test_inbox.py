"""The inbox: each event has its effect once and in order; what fails waits with what follows it, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from nanopore_tracking.kernel.events import Envelope
from nanopore_tracking.kernel.inbox import Received, Subscription
from nanopore_tracking.kernel.positions import Watermark, sift
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.kernel.streams import EPOCH, SEQUENCE, Stored
from tests.harness.engines import TestEngines
from tests.harness.messaging import (
    Counted,
    Named,
    Node,
    Q,
    effect,
    effects_are,
    node,
    parked,
    resend,
    running,
    until,
)


@pytest.fixture
async def source(engines: TestEngines, request: pytest.FixtureRequest) -> AsyncIterator[Node]:
    """A service that announces, with a stream that no other test uses."""
    async with node(engines, "inbox-" + str(abs(hash(request.node.name)))) as found:
        yield found


@pytest.fixture
async def reader(engines: TestEngines) -> AsyncIterator[Node]:
    """A service that handles."""
    async with node(engines, "reader") as found:
        yield found


async def test_events_have_their_effect_in_order_and_others_are_passed_over(source: Node, reader: Node) -> None:
    await source.count(*range(100))
    inbox = reader.inbox(Subscription(source=source.name, handlers={Counted: effect}))

    async with running(source.relay(), inbox):
        await effects_are(reader, range(100))
        await source.announce(Named(name="not of interest"), Counted(number=100))
        await effects_are(reader, range(101))

    assert inbox.health()[source.name]["halted"] is None
    assert inbox.lag == 0


async def test_a_restarted_inbox_goes_on_where_it_was(source: Node, reader: Node) -> None:
    subscription = Subscription(source=source.name, handlers={Counted: effect})
    async with running(source.relay()):
        for first in range(0, 60, 20):
            await source.count(*range(first, first + 20))
            async with running(reader.inbox(subscription)):
                await effects_are(reader, range(first + 20))


async def test_of_two_replicas_one_handles(source: Node, reader: Node) -> None:
    subscription = Subscription(source=source.name, handlers={Counted: effect})
    await source.count(*range(50))
    async with running(source.relay(), reader.inbox(subscription), reader.inbox(subscription)):
        await effects_are(reader, range(50))
        await asyncio.sleep(0.3)
        await effects_are(reader, range(50))


async def test_duplicates_are_dropped(source: Node, reader: Node) -> None:
    for sequence in (1, 2, 3, 2, 3, 4, 1, 4, 5):
        await resend(source, sequence, number=sequence)

    async with running(reader.inbox(Subscription(source=source.name, handlers={Counted: effect}))):
        await effects_are(reader, range(1, 6))


async def test_an_event_that_was_overtaken_is_looked_for(source: Node, reader: Node) -> None:
    for sequence in (1, 2, 4, 5, 3, 6):
        await resend(source, sequence, number=sequence)

    async with running(reader.inbox(Subscription(source=source.name, handlers={Counted: effect}))):
        await effects_are(reader, range(1, 7))


async def test_nothing_is_handled_after_a_gap_until_what_is_missing_comes(source: Node, reader: Node) -> None:
    for sequence in (1, 2, 4):
        await resend(source, sequence, number=sequence)
    inbox = reader.inbox(Subscription(source=source.name, handlers={Counted: effect}))

    async with running(inbox):
        await until(lambda: _is(inbox, source, "missing"))
        await effects_are(reader, [1, 2])
        await resend(source, 3, number=3)
        await effects_are(reader, [1, 2, 3, 4])
        await until(lambda: _is(inbox, source, None))


async def _is(inbox: Any, source: Node, halted: str | None) -> bool:
    return bool(inbox.health()[source.name]["halted"] == halted)


async def test_a_new_epoch_begins_at_one(source: Node, reader: Node) -> None:
    await resend(source, 1, number=1)
    await resend(source, 2, number=2)
    await resend(source, 1, number=3, epoch=2)
    await resend(source, 2, number=4, epoch=2)
    await resend(source, 3, number=5, epoch=1)

    async with running(reader.inbox(Subscription(source=source.name, handlers={Counted: effect}))):
        await effects_are(reader, [1, 2, 3, 4])


async def test_a_new_epoch_in_the_middle_is_a_gap(source: Node, reader: Node) -> None:
    await resend(source, 1, number=1)
    await resend(source, 2, number=2, epoch=2)
    inbox = reader.inbox(Subscription(source=source.name, handlers={Counted: effect}))

    async with running(inbox):
        await until(lambda: _is(inbox, source, "missing"))
        await effects_are(reader, [1])


async def test_a_number_that_stands_for_two_events_stops_until_a_new_epoch(source: Node, reader: Node) -> None:
    for sequence in range(1, 6):
        await resend(source, sequence, number=sequence)
    inbox = reader.inbox(Subscription(source=source.name, handlers={Counted: effect}))

    async with running(inbox):
        await effects_are(reader, range(1, 6))
        await resend(source, 3, number=33)
        await until(lambda: _is(inbox, source, "contradiction"))
        await resend(source, 6, number=6)
        await resend(source, 1, number=34, epoch=2)
        await effects_are(reader, [1, 2, 3, 4, 5, 34])


async def test_a_stream_that_was_made_anew_is_read_from_its_start(
    source: Node, reader: Node, engines: TestEngines
) -> None:
    subscription = Subscription(source=source.name, handlers={Counted: effect})
    for sequence in range(1, 6):
        await resend(source, sequence, number=sequence)
    async with running(reader.inbox(subscription)):
        await effects_are(reader, range(1, 6))
    await source.bus.request(f"$JS.API.STREAM.DELETE.{source.stream().name}")
    await resend(source, 5, number=5)
    await resend(source, 6, number=6)

    async with running(reader.inbox(subscription)):
        await effects_are(reader, range(1, 7))


async def test_a_batch_goes_to_a_handler_of_everything_at_once(source: Node, reader: Node) -> None:
    batches: list[list[tuple[int, int]]] = []

    async def record(tx: Transaction, received: list[Received]) -> None:
        batches.append([(item.epoch, item.sequence) for item in received])
        for item in received:
            await effect(tx, Counted(number=item.sequence), item.envelope)
            if item.envelope.type == Named.type:
                raise ValueError("names are refused")

    await source.count(*range(30))
    await source.announce(Named(name="refused"), about="b")
    await source.count(31)
    async with running(source.relay()), running(reader.inbox(Subscription(source=source.name, every=record))):
        await effects_are(reader, [*range(1, 31), 32])
        await until(lambda: parked(reader, (31, "dead")))

    assert max(len(batch) for batch in batches) > 1


async def test_what_handlers_announce_carries_the_request_and_belongs_to_the_same_transaction(
    source: Node, reader: Node
) -> None:
    seen: list[Envelope] = []

    async def announce(tx: Transaction, event: Counted, envelope: Envelope) -> None:
        seen.append(envelope)
        tx.announce(event, subject=envelope.subject)

    await source.count(1)
    await source.count(2)
    async with running(source.relay(), reader.inbox(Subscription(source=source.name, handlers={Counted: announce}))):
        await until(lambda: _waiting(reader, 2))

    assert [envelope.request_id for envelope in seen] == ["system", "system"]


async def _waiting(reader: Node, number: int) -> bool:
    row = await reader.db.row(Q.announced)
    return row is not None and row["number"] == number


def _message(position: int, sequence: int, epoch: int = 1) -> Stored:
    return Stored("nanopore.a.b", position, {SEQUENCE: str(sequence), EPOCH: str(epoch)}, b"")


def test_messages_are_sorted_out_by_number() -> None:
    found = sift(Watermark(1, 2, 20), [_message(21, 1), _message(22, 2), _message(23, 3), _message(24, 5)])

    assert [message.sequence for message in found.handled] == [3]
    assert [message.sequence for message in found.repeated] == [2]
    assert found.dropped == 2
    assert found.gap == _message(24, 5)
    assert found.watermark == Watermark(1, 3, 23)


def test_who_has_handled_nothing_begins_with_what_there_is() -> None:
    assert sift(Watermark(1, 0, 0), [_message(9, 7, 3), _message(10, 8, 3)]).watermark == Watermark(3, 8, 10)
