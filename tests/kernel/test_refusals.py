"""Refused changes: announced by caller, gathered, and kept while they cannot be stored."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Actor, Envelope
from nanopore_tracking.kernel.refusals import MOST_PLACES, AccessRefused, Refusals
from tests.harness.engines import TestEngines
from tests.harness.messaging import Node, node
from tests.harness.things import announced

ALICE = Call(actor=Actor("person", "7", "Alice"), request_id="request-1")
ROBOT = Call(actor=Actor("token", "9", "Nightly export"), request_id="request-2")


@pytest.fixture
async def home(engines: TestEngines) -> AsyncIterator[Node]:
    """A service; nothing that it announces is published."""
    async with node(engines, "refusals") as found:
        yield found


def _told(envelope: Envelope) -> tuple[str, int, list[str]]:
    event = msgspec.json.decode(envelope.data, type=AccessRefused)
    return envelope.actor.name, event.count, event.places


async def test_each_caller_has_one_event_with_how_often_and_where(home: Node) -> None:
    refusals = Refusals()
    for call, place in ((ALICE, "POST /b"), (ALICE, "POST /a"), (ROBOT, "PUT /c"), (ALICE, "POST /a")):
        refusals.note(call, place)
    await refusals.announce(home.db)
    await refusals.announce(home.db)

    found = await announced(home.db)
    assert [_told(envelope) for envelope in found] == [
        ("Alice", 3, ["POST /a", "POST /b"]),
        ("Nightly export", 1, ["PUT /c"]),
    ]
    assert [(envelope.subject.kind, envelope.request_id) for envelope in found] == [
        ("account", "request-1"),
        ("token", "request-2"),
    ]


async def test_a_flood_is_one_short_event(home: Node) -> None:
    refusals = Refusals()
    for number in range(10_000):
        refusals.note(ALICE, f"POST /{number}")
    await refusals.announce(home.db)

    (envelope,) = await announced(home.db)
    name, count, places = _told(envelope)
    assert (name, count, len(places)) == ("Alice", 10_000, MOST_PLACES)


async def test_what_cannot_be_stored_is_told_later(home: Node) -> None:
    refusals = Refusals()
    refusals.note(ALICE, "POST /a")
    await home.db.close()
    with pytest.raises((errors.Problem, RuntimeError)):
        await refusals.announce(home.db)
    refusals.note(ALICE, "POST /b")
    await home.db.open()
    await refusals.announce(home.db)

    (envelope,) = await announced(home.db)
    assert _told(envelope) == ("Alice", 2, ["POST /a", "POST /b"])
