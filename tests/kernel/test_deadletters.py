"""Dead letters: listed page by page, replayed or discarded by a person with a reason, and announced."""

import json
from collections.abc import AsyncIterator

import pytest

from nanopore_tracking.kernel import deadletters, errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Actor
from nanopore_tracking.kernel.inbox import Subscription
from nanopore_tracking.kernel.postgres import Transaction
from tests.harness.engines import TestEngines
from tests.harness.messaging import Counted, Node, effect, effects_are, node, running, until

ALICE = Call(actor=Actor("person", "7", "Alice"), request_id="request-1")


class Refusing:
    """A handler that refuses everything, until it is told otherwise."""

    def __init__(self) -> None:
        self.refuses = True

    async def __call__(self, tx: Transaction, event: Counted, envelope: object) -> None:
        """Keep the number."""
        if self.refuses and event.number < 10:
            raise ValueError("the password in nats://alice:open-sesame@example.org is wrong")
        await effect(tx, event, envelope)


@pytest.fixture
async def source(engines: TestEngines, request: pytest.FixtureRequest) -> AsyncIterator[Node]:
    """A service that announces, with a stream that no other test uses."""
    async with node(engines, "letters-" + str(abs(hash(request.node.name)))) as found:
        yield found


@pytest.fixture
async def reader(engines: TestEngines) -> AsyncIterator[Node]:
    """A service that handles."""
    async with node(engines, "letters-reader") as found:
        yield found


@pytest.fixture
async def refusing(source: Node, reader: Node) -> AsyncIterator[Refusing]:
    """A handler to which 1, 2 and 3 of one subject came, and of which the first is dead."""
    handler = Refusing()
    await source.count(1, 2, 3)
    inbox = reader.inbox(Subscription(source=source.name, handlers={Counted: handler}))
    async with running(source.relay(), inbox):
        await until(lambda: _states(reader, "dead", "waiting", "waiting"))
        yield handler


async def _states(reader: Node, *expected: str) -> bool:
    return [state for _, state, _ in await reader.letters()] == list(expected)


async def _first(reader: Node) -> int:
    page = await deadletters.list_dead_letters(reader.db, sort="id", limit=1)
    return int(json.loads(page.items[0])["id"])


async def test_they_are_listed_page_by_page_without_secrets(reader: Node, refusing: Refusing) -> None:
    first = await deadletters.list_dead_letters(reader.db, limit=2)
    second = await deadletters.list_dead_letters(reader.db, limit=2, after=first.next)
    dead = await deadletters.list_dead_letters(reader.db, state="dead")

    assert [json.loads(item)["sequence"] for item in (*first.items, *second.items)] == [3, 2, 1]
    assert second.next is None
    (item,) = (json.loads(item) for item in dead.items)
    assert (item["state"], item["attempts"], item["type"], item["subject_id"]) == ("dead", 3, "thing.counted", "a")
    assert "ValueError: the password in" in item["error"]
    assert "open-sesame" not in item["error"]


async def test_a_replayed_one_is_tried_again_and_then_those_behind_it(reader: Node, refusing: Refusing) -> None:
    refusing.refuses = False
    async with reader.db.transaction(ALICE) as tx:
        await deadletters.replay(tx, await _first(reader), "The handler was repaired.")

    await effects_are(reader, [1, 2, 3])
    assert await _states(reader, "replayed", "replayed", "replayed")


async def test_one_that_is_replayed_in_vain_is_dead_again(reader: Node, refusing: Refusing) -> None:
    async with reader.db.transaction(ALICE) as tx:
        await deadletters.replay(tx, await _first(reader), "Perhaps it works now.")
    await until(lambda: _states(reader, "waiting", "waiting", "waiting"))
    await until(lambda: _states(reader, "dead", "waiting", "waiting"))

    assert (await reader.letters())[0] == (1, "dead", 3)


async def test_a_discarded_one_has_no_effect_and_lets_the_others_go_on(
    source: Node, reader: Node, refusing: Refusing
) -> None:
    refusing.refuses = False
    async with reader.db.transaction(ALICE) as tx:
        await deadletters.discard(tx, await _first(reader), "It was entered twice.")

    await effects_are(reader, [2, 3])
    await source.count(4)
    await effects_are(reader, [2, 3, 4])
    page = await deadletters.list_dead_letters(reader.db, state="discarded")
    (item,) = (json.loads(item) for item in page.items)
    assert (item["resolved_by"], item["reason"]) == ("Alice (7)", "It was entered twice.")


async def test_a_decision_is_announced_with_who_and_why(reader: Node, refusing: Refusing) -> None:
    letter_id = await _first(reader)
    async with reader.db.transaction(ALICE) as tx:
        await deadletters.discard(tx, letter_id, "It was entered twice.")

    async with running(reader.relay()):
        await until(lambda: _announced(reader))
    message = await reader.stream().last()
    assert message is not None
    envelope = json.loads(message.payload)
    assert envelope["type"] == "dead_letter.discarded"
    assert envelope["actor"]["name"] == "Alice"
    assert envelope["subject"] == {"kind": "dead_letter", "id": str(letter_id), "code": None}
    assert envelope["data"]["reason"] == "It was entered twice."


async def _announced(reader: Node) -> bool:
    return await reader.stream().last() is not None


async def test_what_was_decided_on_is_not_decided_on_again(reader: Node, refusing: Refusing) -> None:
    letter_id = await _first(reader)
    async with reader.db.transaction(ALICE) as tx:
        await deadletters.discard(tx, letter_id, "It was entered twice.")

    for decide in (deadletters.discard, deadletters.replay):
        with pytest.raises(errors.Conflict, match="discarded"):
            async with reader.db.transaction(ALICE) as tx:
                await decide(tx, letter_id, "Again.")


@pytest.mark.parametrize("letter_id", [0, -1, 999_999, 2**70])
async def test_one_that_is_not_there_is_not_found(reader: Node, letter_id: int) -> None:
    with pytest.raises(errors.NotFound):
        async with reader.db.transaction(ALICE) as tx:
            await deadletters.replay(tx, letter_id, "Why not.")


async def test_a_decision_needs_a_reason(reader: Node) -> None:
    with pytest.raises(errors.Invalid):
        async with reader.db.transaction(ALICE) as tx:
            await deadletters.discard(tx, 1, "  ")
