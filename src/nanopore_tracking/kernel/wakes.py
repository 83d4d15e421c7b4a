"""Lets jobs run before their time: in this process, and on the replica that runs them."""

import asyncio
import functools
from collections.abc import Mapping

from nanopore_tracking.kernel.bus import Bus
from nanopore_tracking.kernel.leader import Seat


class Wakes:
    """What wakes the jobs of one service."""

    def __init__(
        self, service: str, jobs: Mapping[str, bool], *, bus: Bus | None = None, seat: Seat | None = None
    ) -> None:
        """jobs: their names, and whether every replica runs them; bus: with it, replicas wake each other.

        seat: the right to run what one replica runs; None where there is one replica only.
        """
        self.seat = seat
        self._service = service
        self._everywhere = dict(jobs)
        self._wanted = {name: asyncio.Event() for name in jobs}
        self._bus = bus
        self._pings: set[asyncio.Task[None]] = set()
        if bus is not None:
            for name in jobs:
                bus.on_ping(self._ping(name), functools.partial(self.wake_here, name))

    def wanted(self, name: str) -> asyncio.Event:
        """Return what is set when a job shall run; KeyError for a name that is none."""
        return self._wanted[name]

    def runs_here(self, name: str) -> bool:
        """Whether this replica runs a job; KeyError for a name that is none."""
        return self._everywhere[name] or self.seat is None or self.seat.held

    def wake_here(self, name: str) -> None:
        """Let a job run as soon as it can, if this replica runs it; KeyError for a name that is none."""
        self._wanted[name].set()

    def wake(self, name: str) -> None:
        """Let a job run as soon as it can, on whichever replica runs it; KeyError for a name that is none."""
        self.wake_here(name)
        if self._bus is not None and not self.runs_here(name):
            ping = asyncio.create_task(self._bus.ping(self._ping(name)))
            self._pings.add(ping)
            ping.add_done_callback(self._pings.discard)

    def _ping(self, name: str) -> str:
        return f"{self._service}-job-{name}"
