"""Publishes the events of one database's outbox, in order and with numbers without gaps; one replica at a time."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import structlog

from nanopore_tracking.kernel import errors, numbering
from nanopore_tracking.kernel.bus import Bus
from nanopore_tracking.kernel.leader import Leadership
from nanopore_tracking.kernel.loops import Loop
from nanopore_tracking.kernel.outbox import Announced, Batch, Numbering, Outbox
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.streams import (
    EPOCH,
    EVENT_ID,
    LARGEST_BATCH,
    SEQUENCE,
    TRACEPARENT,
    Outgoing,
    Stream,
)
from nanopore_tracking.kernel.telemetry import conventions, metrics, trace

#: An event that nobody told of is found after so long.
_POLL_S = 1.0
#: While events come one by one, they are collected for so long; one sync of the disk then serves several.
_LINGER_S = 0.02
#: How often the table is looked through from its start.
_WHOLE_S = 10.0
_MEASURE_S = 5.0

_log = structlog.get_logger("relay")


class Relay:
    """The relay of a service in this process; it publishes while it leads, and else passes on that there is work."""

    def __init__(self, db: Database, bus: Bus, leadership: Leadership, *, settings: KernelSettings) -> None:
        self._db = db
        self._bus = bus
        self._seat = leadership.seat("relay")
        self._limit = min(settings.event_batch, LARGEST_BATCH)
        self._outbox = Outbox(db, batch=self._limit)
        self._stream = Stream(bus, db.name, settings)
        self._wanted = asyncio.Event()
        self._told = asyncio.Event()
        self._whole_at_s = 0.0
        self._queue = (0, 0.0)
        self._publishing = Loop(f"relay of {db.name}", self._publish_on)
        self._passing_on = Loop(f"pings of {db.name}", self._pass_on)
        self._measuring = Loop(f"outbox of {db.name}", self._measure)

    def wake(self) -> None:
        """Say that events were committed; called at each commit."""
        (self._wanted if self._seat.held else self._told).set()

    async def start(self) -> None:
        """Begin; does not wait for NATS."""
        self._db.on_commit.append(self.wake)
        self._bus.on_ping(self._db.name, self._wanted.set)
        for loop in (self._publishing, self._passing_on, self._measuring):
            loop.start()

    async def stop(self, patience_s: float = 5.0) -> None:
        """Publish what is left, within the time, and end."""
        self._publishing.stopping.set()
        self._wanted.set()
        self._told.set()
        await self._publishing.stop(patience_s)
        await asyncio.gather(self._passing_on.stop(0), self._measuring.stop(0))
        with contextlib.suppress(ValueError):
            self._db.on_commit.remove(self.wake)

    def health(self) -> dict[str, Any]:
        """Return whether this replica leads, how much waits, since when in seconds, and what is in the way."""
        size, age_s = self._queue
        return {"leads": self._seat.held, "queue": size, "oldest_s": age_s, "trouble": self._publishing.trouble}

    async def publish(self, batch: Batch) -> None:
        """Publish a batch; Unavailable leaves open what was published, and the same batch has to be published again."""
        if trace.on():
            told = [
                conventions.Message(self._stream.subject(event.type), str(event.id), event.traceparent)
                for event in batch.events
            ]
            with conventions.publishing(self._db.name, told) as places:
                await self._send(batch, places)
        else:
            await self._send(batch, [event.traceparent for event in batch.events])
        for event in batch.events:
            metrics.labelled(metrics.EVENTS, self._db.name, "published", event.type, "done").inc()

    async def _send(self, batch: Batch, places: Sequence[str | None]) -> None:
        """places: the header `traceparent` of each event."""
        numbered = enumerate(zip(batch.events, places, strict=True), batch.numbering.first)
        await self._stream.publish(
            [self._message(event, batch.numbering, sequence, place=place) for sequence, (event, place) in numbered]
        )

    def _message(self, event: Announced, numbering: Numbering, sequence: int, *, place: str | None) -> Outgoing:
        headers = {SEQUENCE: str(sequence), EPOCH: str(numbering.epoch), EVENT_ID: str(event.id)}
        if place:
            headers[TRACEPARENT] = place
        return Outgoing(self._stream.subject(event.type), event.payload.encode(), headers)

    async def _publish_on(self) -> None:
        """Lead once: from the moment the seat is ours until it is lost, something fails, or it is time to stop."""
        if not await self._lead():
            return
        self._outbox.forget()
        await self._outbox.begin()
        connections = self._bus.connections
        await numbering.check(self._db, self._stream)
        published: Batch | None = None
        whole = False
        while self._seat.held and connections == self._bus.connections:
            batch = published = await self._outbox.next(published, all_of_it=whole or self._time_for_all())
            whole = False
            if batch.events:
                await self.publish(batch)
                if len(batch.events) < self._limit // 4:
                    await asyncio.sleep(_LINGER_S)
                self._publishing.well()
            elif self._publishing.stopping.is_set():
                return
            else:
                whole = await self._idle(connections)

    async def _lead(self) -> bool:
        """Wait for the seat and for NATS; False when neither came and it is time to look again, or to stop."""
        if not self._seat.held or not self._bus.connected:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL_S / 2):
                    await self._seat.wait()
                    if not await self._bus.wait(_POLL_S / 2):
                        raise errors.Unavailable("NATS does not answer now; events wait in the outbox.")
        return self._seat.held and self._bus.connected

    async def _idle(self, connections: int) -> bool:
        """Wait until there may be something to publish; return whether to look for it from the start of the table."""
        while self._seat.held and connections == self._bus.connections and not self._publishing.stopping.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL_S):
                    await self._wanted.wait()
            self._wanted.clear()
            whole = self._time_for_all()
            if await self._outbox.waiting(all_of_it=whole):
                return whole
            self._publishing.well()
        return False

    def _time_for_all(self) -> bool:
        now_s = asyncio.get_running_loop().time()
        if now_s < self._whole_at_s:
            return False
        self._whole_at_s = now_s + _WHOLE_S
        return True

    async def _pass_on(self) -> None:
        """Tell the replica that leads of what was committed here."""
        await self._told.wait()
        self._told.clear()
        await self._bus.ping(self._db.name)
        await asyncio.sleep(_LINGER_S)

    async def _measure(self) -> None:
        self._queue = size, age_s = await self._outbox.size()
        metrics.QUEUE_SIZE.labels(self._db.name).set(size)
        metrics.QUEUE_AGE_S.labels(self._db.name).set(age_s)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._measuring.stopping.wait(), _MEASURE_S)
