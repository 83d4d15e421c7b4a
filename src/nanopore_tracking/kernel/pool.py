"""Connections to one database that are used again, without a round trip between two uses.

asyncpg's own pool costs a task, a proxy and a timer for each use, which is more than many statements; this one costs a
list's pop and append. Whoever gives a connection back leaves no session state on it: only SET LOCAL, no session locks.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from nanopore_tracking.kernel import errors, failures
from nanopore_tracking.kernel.telemetry import metrics

Connect = Callable[[], Awaitable[Any]]

#: Connections above the minimum that were not used for so long are closed.
IDLE_S = 300.0
_SWEEP_S = 30.0
_SETTLE_S = 5.0


class Pool:
    """At least `least`, at most `most` connections; who comes when all are in use waits in line, at most `wait_s`."""

    def __init__(self, connect: Connect, *, least: int, most: int, wait_s: float) -> None:
        self._connect = connect
        self._least = least
        self._most = most
        self._wait_s = wait_s
        self._idle: list[tuple[Any, float]] = []
        self._opened = 0
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._settling: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None
        self._returned = asyncio.Event()
        self._closed = False

    @property
    def size(self) -> int:
        """How many connections are open."""
        return self._opened

    @property
    def active(self) -> int:
        """How many connections are in use."""
        return self._opened - len(self._idle)

    @property
    def waiting(self) -> int:
        """How many uses wait for a connection."""
        return sum(not waiter.done() for waiter in self._waiting)

    def measure(self, service: str) -> None:
        """Tell the numbers of connections as the metrics of a service."""
        metrics.POOL_SIZE.labels(service).set_function(lambda: self.size)
        metrics.POOL_ACTIVE.labels(service).set_function(lambda: self.active)
        metrics.POOL_WAITING.labels(service).set_function(lambda: self.waiting)
        metrics.POOL_LIMIT.labels(service).set(self._most)

    async def open(self) -> None:
        """Open the least number of connections; raise what the first failing one raises."""
        self._closed = False
        self._sweeper = self._sweeper or asyncio.create_task(self._sweep(), name="database pool")
        await self._fill()

    async def close(self, patience_s: float) -> None:
        """Wait so long for connections in use, then close all."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
            self._sweeper = None
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(_closed())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while self.active:
                    self._returned.clear()
                    await self._returned.wait()
        await asyncio.gather(*self._settling, return_exceptions=True)
        while self._idle:
            await self._shut(self._idle.pop()[0])

    async def acquire(self) -> Any:
        """Return a connection; Unavailable when none is free in time, or what connecting raises."""
        while self._idle:
            connection, _ = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._opened -= 1
        if self._closed:
            raise _closed()
        if self._opened < self._most:
            return await self._add()
        connection = await self._wait()
        return await self._add(counted=True) if connection is None else connection

    def release(self, connection: Any) -> None:
        """Take a connection back; one that is closed or still in a transaction is not used again."""
        if connection.is_closed() or connection.is_in_transaction():
            connection.terminate()
            self._pass_on(None)
        else:
            self._pass_on(connection)

    def settle(self, connection: Any) -> None:
        """Take a connection back whose user was cancelled, after its statement has come to an end."""
        task = asyncio.get_running_loop().create_task(self._settled(connection))
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    def _pass_on(self, connection: Any | None) -> None:
        """Give a connection, or for None the right to open one, to who waits longest; else keep it."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        self._returned.set()
        if connection is None:
            self._opened -= 1
        elif self._closed:
            self._opened -= 1
            connection.terminate()
        else:
            self._idle.append((connection, time.monotonic()))

    async def _add(self, *, counted: bool = False) -> Any:
        if not counted:
            self._opened += 1
        try:
            return await self._connect()
        except BaseException:
            self._pass_on(None)
            raise

    async def _wait(self) -> Any | None:
        waiter: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(self._wait_s):
                return await waiter
        except TimeoutError:
            self._withdraw(waiter)
            message = "The database is busy: no connection became free in time. Nothing was changed; try again."
            raise errors.Unavailable(message) from None
        except asyncio.CancelledError:
            self._withdraw(waiter)
            raise

    def _withdraw(self, waiter: "asyncio.Future[Any]") -> None:
        if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
            self._pass_on(waiter.result())  # It was given in the same moment.
        with contextlib.suppress(ValueError):
            self._waiting.remove(waiter)

    async def _settled(self, connection: Any) -> None:
        try:
            async with asyncio.timeout(_SETTLE_S):
                await connection.execute("ROLLBACK")
        except failures.FAILED:
            connection.terminate()
        self.release(connection)

    async def _fill(self) -> None:
        if self._opened < self._least:
            self.release(await self._add())  # One shows whether there is a server at all.
        missing = self._least - self._opened
        added = await asyncio.gather(*(self._add() for _ in range(missing)), return_exceptions=True)
        for connection in added:
            if not isinstance(connection, BaseException):
                self.release(connection)
        for failure in added:
            if isinstance(failure, BaseException):
                raise failure

    async def _sweep(self) -> None:
        """Close what is not needed, open what is missing."""
        while True:
            await asyncio.sleep(_SWEEP_S)
            self._drop_closed()
            while self._idle and self._opened > self._least and self._idle[0][1] < time.monotonic() - IDLE_S:
                await self._shut(self._idle.pop(0)[0])
            with contextlib.suppress(errors.Problem):
                await self._fill()

    def _drop_closed(self) -> None:
        alive = [entry for entry in self._idle if not entry[0].is_closed()]
        self._opened -= len(self._idle) - len(alive)
        self._idle = alive

    async def _shut(self, connection: Any) -> None:
        self._opened -= 1
        try:
            await connection.close(timeout=2)
        except failures.FAILED:
            connection.terminate()


def _closed() -> errors.Unavailable:
    return errors.Unavailable("This process is stopping. Nothing was changed; try again in a moment.")
