"""What fails is parked with what follows it, and with nothing else; it is tried again, in order, until it is dead."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Envelope
from nanopore_tracking.kernel.inbox import Subscription
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.kernel.streams import EPOCH, EVENT_ID, SEQUENCE, Outgoing
from tests.harness.engines import TestEngines
from tests.harness.messaging import (
    Counted,
    Failing,
    Node,
    Q,
    effect,
    effects_are,
    event_id,
    node,
    parked,
    resend,
    running,
    until,
)


@pytest.fixture
async def source(engines: TestEngines, request: pytest.FixtureRequest) -> AsyncIterator[Node]:
    """A service that announces, with a stream that no other test uses."""
    async with node(engines, "parking-" + str(abs(hash(request.node.name)))) as found:
        yield found


@pytest.fixture
async def reader(engines: TestEngines) -> AsyncIterator[Node]:
    """A service that handles."""
    async with node(engines, "reader") as found:
        yield found


async def test_poison_keeps_only_its_own_subject_waiting_and_the_order_stays(source: Node, reader: Node) -> None:
    failing = Failing(2)
    await source.count(1, 2, 3, about="a")
    await source.count(11, 12, about="b")
    inbox = reader.inbox(Subscription(source=source.name, handlers={Counted: failing}))

    async with running(source.relay(), inbox):
        await effects_are(reader, [1, 11, 12])
        await source.count(4, about="a")
        await source.count(13, about="b")
        await effects_are(reader, [1, 11, 12, 13])
        await until(lambda: parked(reader, (2, "dead"), (3, "waiting"), (6, "waiting")))
        failing.numbers.clear()
        await asyncio.sleep(0.3)
        await effects_are(reader, [1, 11, 12, 13])


async def test_poison_that_passes_later_is_handled_with_what_waited_behind_it(source: Node, reader: Node) -> None:
    failing = Failing(2)
    await source.count(1, 2, 3, 4, about="a")

    async def set_aside(many: int) -> bool:
        return len(await reader.letters()) == many

    async with running(source.relay(), reader.inbox(Subscription(source=source.name, handlers={Counted: failing}))):
        await until(lambda: set_aside(3))
        failing.numbers.clear()
        await effects_are(reader, [1, 2, 3, 4])
        await source.count(5, about="a")
        await effects_are(reader, [1, 2, 3, 4, 5])

    assert [(sequence, state) for sequence, state, _ in await reader.letters()] == [
        (2, "replayed"),
        (3, "replayed"),
        (4, "replayed"),
    ]


async def test_transient_trouble_is_no_poison(source: Node, reader: Node) -> None:
    failing = Failing(2, by=errors.Unavailable)
    await source.count(1, 2, 3)

    async with running(source.relay(), reader.inbox(Subscription(source=source.name, handlers={Counted: failing}))):
        await until(lambda: failing.seen_times(2, 4))
        assert await reader.effects() == []
        failing.numbers.clear()
        await effects_are(reader, [1, 2, 3])

    assert await reader.letters() == []


async def test_a_handler_that_passes_over_a_failed_statement_is_poison(source: Node, reader: Node) -> None:
    async def careless(tx: Transaction, event: Counted, envelope: Envelope) -> None:
        await effect(tx, event, envelope)
        with contextlib.suppress(errors.Conflict):
            await tx.execute(Q.keep_effect, number=None)

    await source.count(1)
    inbox = reader.inbox(Subscription(source=source.name, handlers={Counted: careless}))
    async with running(source.relay(), inbox):
        await until(lambda: parked(reader, (1, "dead")))

    assert await reader.effects() == []


async def test_what_is_not_understood_is_parked_and_keeps_nothing_else_waiting(source: Node, reader: Node) -> None:
    stream = source.stream()
    await resend(source, 1, number=1)
    for sequence, payload in ((2, b"\xff\x00 no JSON"), (3, b"[]")):
        await stream.publish(
            [Outgoing(stream.subject("thing.counted"), payload, {SEQUENCE: str(sequence), EPOCH: "1", EVENT_ID: "x"})]
        )
    await stream.publish([Outgoing(stream.subject("thing.counted"), b"{}", {})])
    await resend(source, 4, number=4)

    async with running(reader.inbox(Subscription(source=source.name, handlers={Counted: effect}))):
        await effects_are(reader, [1, 4])
        await until(lambda: parked(reader, (0, "dead"), (2, "dead"), (3, "dead")))


async def test_a_newer_version_waits_for_a_newer_program(source: Node, reader: Node) -> None:
    await source.count(1)
    async with running(source.relay()):
        await until(lambda: _announced(source))
    stream = source.stream()
    newer = (await stream.at(1)).payload.replace(b'"version":1', b'"version":2')  # type: ignore[union-attr]
    await stream.publish(
        [Outgoing(stream.subject("thing.counted"), newer, {SEQUENCE: "2", EPOCH: "1", EVENT_ID: event_id(2)})]
    )

    async with running(reader.inbox(Subscription(source=source.name, handlers={Counted: effect}))):
        await effects_are(reader, [1])
        await until(lambda: parked(reader, (2, "dead")))


async def _announced(source: Node) -> bool:
    return await source.stream().at(1) is not None
