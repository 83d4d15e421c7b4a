"""Services of a messaging test: each with a database of its own, and what publishes and handles its events."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import asyncpg

from nanopore_tracking.kernel import migrations, sql
from nanopore_tracking.kernel.bus import Bus
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Envelope, Event, Subject
from nanopore_tracking.kernel.inbox import Inbox, Subscription
from nanopore_tracking.kernel.leader import Leadership
from nanopore_tracking.kernel.postgres import Database, Transaction
from nanopore_tracking.kernel.relay import Relay
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.streams import EPOCH, EVENT_ID, SEQUENCE, Outgoing, Stream
from tests.harness.engines import TestDatabase, TestEngines

#: Retries that a test can wait for.
QUICK = KernelSettings(
    db_pool_min=0, event_attempts=3, event_first_delay_s=0.05, event_longest_delay_s=0.2, event_batch=50
)
Q = sql.load(Path(__file__).with_name("queries.sql"))


class Counted(Event, frozen=True, kw_only=True):
    """Something with a number."""

    type: ClassVar[str] = "thing.counted"
    number: int


class Named(Event, frozen=True, kw_only=True):
    """Something with a name."""

    type: ClassVar[str] = "thing.named"
    name: str


@dataclass
class Node:
    """One replica of a service."""

    name: str
    db: Database
    bus: Bus
    leadership: Leadership
    settings: KernelSettings

    def relay(self) -> Relay:
        """Return a relay of this replica; the test starts it."""
        return Relay(self.db, self.bus, self.leadership, settings=self.settings)

    def inbox(self, *subscriptions: Subscription) -> Inbox:
        """Return an inbox of this replica; the test starts it."""
        return Inbox(self.db, self.bus, self.leadership, subscriptions=subscriptions, settings=self.settings)

    def stream(self, source: str | None = None) -> Stream:
        """Return the stream of a source, of this service if None."""
        return Stream(self.bus, source or self.name, self.settings)

    async def announce(self, *events: Event, about: str = "a", tenant: Any = None) -> None:
        """Announce events of one subject, in one transaction."""
        async with self.db.transaction(Call.system(self.name)) as tx:
            for event in events:
                tx.announce(event, subject=Subject("thing", about), tenant_id=tenant)

    async def count(self, *numbers: int, about: str = "a") -> None:
        """Announce numbers, in one transaction."""
        await self.announce(*(Counted(number=number) for number in numbers), about=about)

    async def effects(self) -> list[int]:
        """Return the numbers that have had their effect here, in the order of their effects."""
        return [row["number"] for row in await self.db.rows(Q.effects)]

    async def letters(self) -> list[tuple[int, str, int]]:
        """Return sequence, state and attempts of all dead letters."""
        return [(row["sequence"], row["state"], row["attempts"]) for row in await self.db.rows(Q.letters)]


async def effect(tx: Any, event: Counted, _envelope: Any) -> None:
    """Keep the number; a second effect would be seen, as nothing here is unique."""
    await tx.execute(Q.keep_effect, number=event.number)


@contextlib.asynccontextmanager
async def node(
    engines: TestEngines, name: str, *, settings: KernelSettings = QUICK, database: TestDatabase | None = None
) -> AsyncIterator[Node]:
    """A replica of a service; with a database, of the one that has it already."""
    async with contextlib.AsyncExitStack() as stack:
        if database is None:
            database = await stack.enter_async_context(prepared(engines))
        db = Database(name, database.owner_url, settings)
        bus = Bus(engines.nats_url, name=name)
        leadership = Leadership(db)
        await bus.start()
        await leadership.start()
        stack.push_async_callback(db.close, 1.0)
        stack.push_async_callback(leadership.stop)
        stack.push_async_callback(bus.stop)
        assert await bus.wait(10)
        yield Node(name, db, bus, leadership, settings)


@contextlib.asynccontextmanager
async def prepared(engines: TestEngines) -> AsyncIterator[TestDatabase]:
    """A database with the kernel's tables, and one for effects."""
    async with engines.fresh_database() as database:
        await migrations.apply(database.owner_url, [migrations.KERNEL])
        connection = await asyncpg.connect(database.owner_url)
        await connection.execute(
            "CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY, number integer NOT NULL)"
        )
        await connection.close()
        yield database


@contextlib.asynccontextmanager
async def running(*parts: Any) -> AsyncIterator[None]:
    """Run relays, inboxes or feeds as long as the context is open."""
    async with contextlib.AsyncExitStack() as stack:
        for part in parts:
            await part.start()
            stack.push_async_callback(part.stop)
        yield


async def until(condition: Callable[[], Awaitable[Any]], within_s: float = 90.0) -> None:
    """Wait until a condition is met."""
    deadline_s = time.monotonic() + within_s
    while not await condition():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        await asyncio.sleep(0.02)


async def effects_are(found: Node, expected: Sequence[int], within_s: float = 90.0) -> None:
    """Wait until a service shows these effects, in this order; fail with those that it has."""

    async def are_there() -> bool:
        return await found.effects() == list(expected)

    with contextlib.suppress(AssertionError):
        await until(are_there, within_s)
    assert await found.effects() == list(expected)


class Failing:
    """A handler that refuses the given numbers as long as they are in it."""

    def __init__(self, *numbers: int, by: type[Exception] = ValueError) -> None:
        self.numbers = set(numbers)
        self.seen: list[int] = []
        self._by = by

    async def __call__(self, tx: Transaction, event: Counted, envelope: Envelope) -> None:
        """Keep the number, then fail if it is to be refused: what was done must not stay."""
        self.seen.append(event.number)
        await effect(tx, event, envelope)
        if event.number in self.numbers:
            raise self._by(f"number {event.number} is refused")

    async def seen_times(self, number: int, times: int) -> bool:
        """Return whether a number came that often."""
        return self.seen.count(number) >= times


async def resend(source: Node, sequence: int, *, number: int, epoch: int = 1) -> None:
    """Publish an event of a number under any sequence, as a relay would that does not count well."""
    stream = source.stream()
    await stream.ensure()
    headers = {SEQUENCE: str(sequence), EPOCH: str(epoch), EVENT_ID: event_id(number)}
    payload = f"""{{"id":"{event_id(number)}","type":"thing.counted","version":1,"source":"{source.name}",
        "occurred_at":"2026-05-04T10:00:00Z","actor":{{"kind":"service","id":"x","name":"x"}},"request_id":"r",
        "subject":{{"kind":"thing","id":"a"}},"data":{{"number":{number}}}}}"""
    await stream.publish([Outgoing(stream.subject("thing.counted"), payload.encode(), headers)])


def event_id(number: int) -> str:
    """Return the identifier of the event of a number."""
    return f"00000000-0000-7000-8000-{number:012d}"


async def parked(found: Node, *expected: tuple[int, str]) -> bool:
    """Return whether these are the dead letters of a service, as sequence and state."""
    return [(sequence, state) for sequence, state, _ in await found.letters()] == list(expected)
