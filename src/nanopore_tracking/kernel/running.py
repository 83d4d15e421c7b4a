"""A service that runs in this process: its database, events, sagas and jobs, started and stopped in order."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.bus import Bus
from nanopore_tracking.kernel.feed import Feed
from nanopore_tracking.kernel.inbox import Inbox
from nanopore_tracking.kernel.jobs import Jobs
from nanopore_tracking.kernel.leader import Leadership
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.relay import Relay
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.sagas import Sagas
from nanopore_tracking.kernel.service import Job, Service
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.sql import Query
from nanopore_tracking.kernel.wakes import Wakes

_BOOTSTRAP_POLL_S = 0.1
_PING_S = 2.0
_PING = Query("running.ping", "SELECT true;")


@dataclass(frozen=True)
class _Events:
    """What publishes and consumes the events of one service, and the right to do alone what only one replica does."""

    leadership: Leadership
    relay: Relay
    inbox: Inbox
    feed: Feed

    async def start(self) -> None:
        for part in (self.relay, self.inbox, self.feed):
            await part.start()


def _events(service: Service, db: Database | None, bus: Bus | None, *, kernel: KernelSettings) -> _Events | None:
    if db is None or bus is None:
        return None
    seats = Leadership(db)
    return _Events(
        seats,
        Relay(db, bus, seats, settings=kernel),
        Inbox(db, bus, seats, subscriptions=service.subscriptions, settings=kernel),
        Feed(service.name, bus, kernel),
    )


class RunningService:
    """One service here. service: its declaration; runtime: what its code works with; sagas: what drives them."""

    def __init__(
        self,
        service: Service,
        *,
        settings: Any,
        kernel: KernelSettings,
        db: Database | None = None,
        bus: Bus | None = None,
        jobs: Sequence[Job] = (),
    ) -> None:
        """db: the service's own database, for one that has one; bus: with it, events are published and consumed.

        jobs: more than the service's own.
        """
        self.service = service
        self._db = db
        self._bus = bus
        self._events = events = _events(service, db, bus, kernel=kernel)
        declared = [*service.jobs, *jobs]
        seat = None if events is None else events.leadership.seat("jobs")
        wakes = Wakes(service.name, {job.name: job.everywhere for job in declared}, bus=bus, seat=seat)
        feed = None if events is None else events.feed
        self.runtime = Runtime(service.name, settings=settings, kernel=kernel, db=db, bus=bus, feed=feed, wakes=wakes)
        self.runtime.seen_with = service.seen_with
        self.sagas = Sagas(self.runtime, service.sagas) if db is not None else None
        self._jobs = Jobs(self.runtime, declared, wakes)

    async def start(self) -> None:
        """Do what the service does once at each start, then publish and consume events and run jobs."""
        if self._events is not None:
            await self._events.leadership.start()
        await self._bootstrap()
        for part in (self._events, self.sagas):
            if part is not None:
                await part.start()
        self._jobs.start()

    async def stop_work(self) -> None:
        """Take no more events and run no more jobs; what is being done is finished first."""
        self.runtime.stopping = True
        patience_s = self.runtime.kernel.drain_s
        ends = [self._jobs.stop(patience_s)]
        if self._events is not None:
            ends += [self._events.inbox.stop(patience_s), self._events.feed.stop()]
        if self.sagas is not None:
            ends.append(self.sagas.stop(patience_s))
        await asyncio.gather(*ends)

    async def close(self) -> None:
        """Publish what is left, let others lead, and close all connections but that to NATS."""
        if self._events is not None:
            await self._events.relay.stop()
            await self._events.leadership.stop()
        if self._db is not None:
            await self._db.close()

    async def health(self) -> dict[str, bool]:
        """Return what the service needs, and whether it answers now."""
        found: dict[str, bool] = {}
        if self._db is not None:
            found["database"] = await _answers(self._db)
        if self._bus is not None:
            found["events"] = self._bus.connected
        return found

    async def ready(self) -> bool:
        """Return whether requests can be answered. Events wait in the outbox while NATS is away, after it was there."""
        been_connected = self._bus is None or self._bus.connections > 0
        return not self.runtime.stopping and been_connected and (self._db is None or await _answers(self._db))

    async def _bootstrap(self) -> None:
        """Run the service's bootstrap on one replica at a time."""
        bootstrap = self.service.bootstrap
        if bootstrap is None:
            return
        if self._events is None:
            await bootstrap(self.runtime)
            return
        while True:
            async with self._events.leadership.turn("bootstrap") as mine:
                if mine:
                    try:
                        await bootstrap(self.runtime)
                    except errors.Unavailable as problem:
                        self.runtime.log.warning("the start is tried again", reason=problem.message)
                    else:
                        return
            await asyncio.sleep(_BOOTSTRAP_POLL_S)


async def _answers(db: Database) -> bool:
    with contextlib.suppress(errors.Problem, TimeoutError):
        async with asyncio.timeout(_PING_S):
            return bool(await db.value(_PING))
    return False
