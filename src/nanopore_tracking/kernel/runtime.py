"""A service that runs in this process: its settings, database, events and jobs, started and stopped in order."""

import asyncio
import contextlib
import functools
from collections.abc import Sequence
from typing import Any

import structlog

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.bus import Bus
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.feed import Feed
from nanopore_tracking.kernel.inbox import Inbox
from nanopore_tracking.kernel.jobs import Jobs
from nanopore_tracking.kernel.leader import Leadership
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.refusals import Refusals
from nanopore_tracking.kernel.relay import Relay
from nanopore_tracking.kernel.sagas import Sagas
from nanopore_tracking.kernel.service import Job, Service
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.sql import Query

_BOOTSTRAP_POLL_S = 0.1
_PING_S = 2.0
_PING = Query("runtime.ping", "SELECT true;")


class Runtime:
    """What routes, handlers and jobs of a service work with.

    settings: an instance of the service's settings struct; kernel: what every process is told; stopping: True from the
    moment at which the process has been told to stop.
    """

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
        self.settings = settings
        self.kernel = kernel
        self.refusals = Refusals()
        self.stopping = False
        self.log = structlog.get_logger(service.name).bind(service=service.name)
        self._db = db
        self._bus = bus
        self._leadership: Leadership | None = None
        self._relay: Relay | None = None
        self._inbox: Inbox | None = None
        self._feed: Feed | None = None
        self._sagas = Sagas(self, service.sagas) if db is not None else None
        if db is not None and bus is not None:
            self._leadership = seats = Leadership(db)
            self._relay = Relay(db, bus, seats, settings=kernel)
            self._inbox = Inbox(db, bus, seats, subscriptions=service.subscriptions, settings=kernel)
            self._feed = Feed(service.name, bus, kernel)
        self._jobs = Jobs(self, [*service.jobs, *jobs], self._leadership.seat("jobs") if self._leadership else None)
        self._pings: set[asyncio.Task[None]] = set()
        for name in self._jobs.names:
            if bus is not None:
                bus.on_ping(self._ping(name), functools.partial(self._jobs.wake, name))

    @property
    def db(self) -> Database:
        """The service's own database; RuntimeError for a service without one."""
        if self._db is None:
            raise RuntimeError(f"the {self.service.name} service has no database")
        return self._db

    @property
    def bus(self) -> Bus:
        """The connection to NATS; RuntimeError for a service that has none."""
        if self._bus is None:
            raise RuntimeError(f"the {self.service.name} service has no connection to NATS")
        return self._bus

    @property
    def feed(self) -> Feed:
        """The latest changes of the service; Unavailable for one that announces none."""
        if self._feed is None:
            raise errors.Unavailable("Changes are not told here.")
        return self._feed

    def position(self) -> int | None:
        """Return the latest of the service's changes that is known here; None where none is."""
        return None if self._feed is None else self._feed.position

    def call(self) -> Call:
        """Return the call of the service on its own account, now."""
        return Call.system(self.service.name)

    def wake(self, job: str) -> None:
        """Let a job run as soon as it can, on whichever replica runs it; KeyError for a name that is none."""
        self._jobs.wake(job)
        if self._bus is not None and not self._jobs.runs_here(job):
            ping = asyncio.create_task(self._bus.ping(self._ping(job)))
            self._pings.add(ping)
            ping.add_done_callback(self._pings.discard)

    def _ping(self, job: str) -> str:
        return f"{self.service.name}-job-{job}"

    def announced(self) -> None:
        """Let events that were just committed be published without delay; a commit does so by itself."""
        if self._relay is not None:
            self._relay.wake()

    async def start(self) -> None:
        """Do what the service does once at each start, then publish and consume events and run jobs."""
        if self._leadership is not None:
            await self._leadership.start()
        await self._bootstrap()
        for part in (self._relay, self._inbox, self._feed, self._sagas):
            if part is not None:
                await part.start()
        self._jobs.start()

    async def stop_work(self) -> None:
        """Take no more events and run no more jobs; what is being done is finished first."""
        self.stopping = True
        patience_s = self.kernel.drain_s
        ends = [self._jobs.stop(patience_s)]
        if self._inbox is not None:
            ends.append(self._inbox.stop(patience_s))
        if self._sagas is not None:
            ends.append(self._sagas.stop(patience_s))
        if self._feed is not None:
            ends.append(self._feed.stop())
        await asyncio.gather(*ends)

    async def close(self) -> None:
        """Publish what is left, let others lead, and close all connections but that to NATS."""
        if self._relay is not None:
            await self._relay.stop()
        if self._leadership is not None:
            await self._leadership.stop()
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
        return not self.stopping and been_connected and (self._db is None or await _answers(self._db))

    async def _bootstrap(self) -> None:
        """Run the service's bootstrap on one replica at a time."""
        bootstrap = self.service.bootstrap
        if bootstrap is None:
            return
        if self._leadership is None:
            await bootstrap(self)
            return
        while True:
            async with self._leadership.turn("bootstrap") as mine:
                if mine:
                    try:
                        await bootstrap(self)
                    except errors.Unavailable as problem:
                        self.log.warning("the start is tried again", reason=problem.message)
                    else:
                        return
            await asyncio.sleep(_BOOTSTRAP_POLL_S)


async def _answers(db: Database) -> bool:
    with contextlib.suppress(errors.Problem, TimeoutError):
        async with asyncio.timeout(_PING_S):
            return bool(await db.value(_PING))
    return False
