"""Runs the sagas of a service on every replica: takes what is due, keeps the leases, and lets all go at the end."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.loops import Loop
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.sagas import store
from nanopore_tracking.kernel.sagas.driving import Drive
from nanopore_tracking.kernel.sagas.plan import Saga, declared
from nanopore_tracking.kernel.telemetry import metrics

_FORGET_S = 3600.0
_log = structlog.get_logger("sagas")


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How sagas are shared out.

    lease_s: after which another replica goes on with the sagas of one that was killed; it is renewed three times as
    often. poll_s: how long one waits before it is seen at the most. at_once: how many this replica drives.
    """

    lease_s: float = 15.0
    poll_s: float = 0.5
    measure_s: float = 5.0
    at_once: int = 8


class Sagas:
    """The sagas of a service in this process."""

    def __init__(self, runtime: Runtime, sagas: Sequence[Saga], pace: Pace | None = None) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{str(uuid7())[-12:]}"
        self._runtime = runtime
        self._db = runtime.db
        self._known = declared(sagas)
        self._pace = pace or Pace()
        self._drives: dict[UUID, Drive] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._stopping = False
        self._told: set[str] = set()
        self._forget_at_s = 0.0
        name = self._db.name
        for gauge in (metrics.SAGAS_ACTIVE, metrics.SAGAS_FAILED):
            # No saga is under way or stuck in a service that has none, and an alert must be able to see that.
            gauge.labels(name).set(0)
        self._claiming = Loop(f"sagas of {name}", self._claim)
        self._renewing = Loop(f"leases of sagas of {name}", self._renew)
        self._measuring = Loop(f"figures of sagas of {name}", self._measure)

    async def start(self) -> None:
        """Begin, in a service that has sagas; does not wait for anything."""
        if not self._known:
            return
        self._stopping = False
        for loop in (self._claiming, self._renewing, self._measuring):
            loop.start()

    def wake(self) -> None:
        """Let what is due be taken at once."""
        self._woken.set()

    async def stop(self, patience_s: float = 5.0) -> None:
        """Take nothing more, finish the steps at hand within the time, and let others go on with the rest."""
        self._stopping = True
        if not self._known:
            return
        self.wake()
        await self._claiming.stop(patience_s)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience_s)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, self._renewing.stop(0), self._measuring.stop(0), return_exceptions=True)
        # What cannot be let go now is free when its lease ends.
        with contextlib.suppress(errors.Unavailable):
            await store.let_all_go(self._db, self.owner)

    async def _claim(self) -> None:
        self._woken.clear()
        free = self._pace.at_once - len(self._tasks)
        places = []
        if free > 0 and not self._stopping:
            places = await store.claim(
                self._db, self._known.keys(), owner=self.owner, lease_s=self._pace.lease_s, limit=free
            )
            self._claiming.well()
        for place in places:
            if place.last_owner is not None:
                _log.warning("a saga goes on here", service=self._db.name, saga=place.type, saga_id=str(place.id))
            self._begin(Drive(self._runtime, self._known[place.type, place.version], place, owner=self.owner))
        if not places and not self._stopping:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._pace.poll_s)

    def _begin(self, drive: Drive) -> None:
        self._drives[drive.place.id] = drive
        task = asyncio.create_task(self._drive(drive), name=f"saga {drive.place.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drive(self, drive: Drive) -> None:
        try:
            await drive.go_on(lambda: self._stopping)
        except store.Lost:
            _log.warning("a saga goes on elsewhere", service=self._db.name, saga_id=str(drive.place.id))
            await self._let_go(drive)
        except errors.Unavailable as problem:
            _log.warning("a saga waits", service=self._db.name, saga_id=str(drive.place.id), reason=problem.message)
            await self._let_go(drive)
        except Exception:  # noqa: BLE001 (this is the edge of a saga: it must not end the others)
            # It is not let go: after its lease it is tried again, here or elsewhere.
            _log.exception("a saga failed", service=self._db.name, saga_id=str(drive.place.id))
        finally:
            if self._drives.get(drive.place.id) is drive:
                del self._drives[drive.place.id]
            if len(self._tasks) >= self._pace.at_once:
                self.wake()

    async def _let_go(self, drive: Drive) -> None:
        # What cannot be let go now is free when its lease ends.
        with contextlib.suppress(errors.Unavailable):
            await store.let_go(self._db, drive.place)

    async def _renew(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._renewing.stopping.wait(), self._pace.lease_s / 3)
        held = {drive.place.id: drive.place.fence for drive in self._drives.values()}
        if held:
            await store.renew(self._db, held, owner=self.owner, lease_s=self._pace.lease_s)
        self._renewing.well()

    async def _measure(self) -> None:
        active, stuck = await store.counts(self._db)
        metrics.SAGAS_ACTIVE.labels(self._db.name).set(active)
        metrics.SAGAS_FAILED.labels(self._db.name).set(stuck)
        strange = set(await store.unknown(self._db, self._known.keys()))
        for name in sorted(strange - self._told):
            _log.error("sagas wait for a version of the program that knows them", service=self._db.name, saga=name)
        self._told = strange
        now_s = asyncio.get_running_loop().time()
        if now_s >= self._forget_at_s:
            self._forget_at_s = now_s + _FORGET_S
            await store.forget(self._db)
        self._measuring.well()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._measuring.stopping.wait(), self._pace.measure_s)
