"""Who of several replicas does what only one may do: who holds a lock in the database, as long as its connection lives.

The lock is asked for again and again: a session that waits in a blocking request would hold back vacuum and indexes.
Leading saves work that would be done twice; what must be right even so is guarded where it is written.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import structlog

from nanopore_tracking.kernel import errors, failures
from nanopore_tracking.kernel.postgres import Database

_POLL_S = 0.5
_ANSWER_S = 5.0
_AGAIN_S = 1.0
# A server that cannot be reached any more gives the locks of this connection to others within half a minute.
_SESSION = """SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '20000', false)"""
_TRY = "SELECT key FROM unnest($1::bigint[]) AS key WHERE pg_try_advisory_lock(key)"
_FREE = "SELECT pg_advisory_unlock($1)"

_log = structlog.get_logger("leader")


class Seat:
    """The right to do one thing, of which there is one in the database. name: what for."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        self._held = asyncio.Event()

    @property
    def held(self) -> bool:
        """Whether it is ours now."""
        return self._held.is_set()

    async def wait(self) -> None:
        """Wait until it is ours."""
        await self._held.wait()

    def give(self) -> None:
        """Make it ours; for Leadership alone."""
        self._held.set()

    def withdraw(self) -> None:
        """Make it another's; for Leadership alone."""
        self._held.clear()


class Leadership:
    """The seats that a service wants or has in this process, over one connection of their own."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._seats: dict[str, Seat] = {}
        self._connection: Any = None
        self._busy = asyncio.Lock()
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def seat(self, name: str) -> Seat:
        """Return a seat that is wanted from now on until the end of the process."""
        found = self._seats.setdefault(name, Seat(name))
        self._wanted.set()
        return found

    async def start(self) -> None:
        """Begin to ask for the seats; does not wait for any."""
        self._task = asyncio.create_task(self._keep_asking(), name=f"leadership {self._db.name}")

    async def stop(self) -> None:
        """Give all seats back."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    @contextlib.asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[bool]:
        """Give the right to do something once, as long as the context is open; False when another replica does it."""
        key = Seat(f"turn {name}").key
        connection = self._connection
        mine = await self._try(connection, [key]) == {key}
        try:
            yield mine
        finally:
            if mine and connection is self._connection:
                await self._ask(connection, _FREE, key)

    async def _keep_asking(self) -> None:
        while True:
            try:
                self._connection = await self._opened()
                while True:
                    self._wanted.clear()
                    await self._look(self._connection)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wanted.wait(), _POLL_S)
            except (errors.Unavailable, *failures.FAILED) as failure:
                if any(seat.held for seat in self._seats.values()):
                    _log.warning("leadership lost", service=self._db.name, reason=str(failure))
            finally:
                await self._leave()
            await asyncio.sleep(_AGAIN_S)

    async def _opened(self) -> Any:
        connection = await self._db.connect()
        try:
            await connection.execute(_SESSION, timeout=_ANSWER_S)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _look(self, connection: Any) -> None:
        """Ask for the seats that are not ours; asking tells as well whether the connection lives."""
        missing = {seat.key: seat for seat in self._seats.values() if not seat.held}
        async with self._busy:
            rows = await connection.fetch(_TRY, list(missing), timeout=_ANSWER_S)
        for row in rows:
            missing[row["key"]].give()
            _log.info("leading", service=self._db.name, seat=missing[row["key"]].name)

    async def _try(self, connection: Any, keys: list[int]) -> set[int]:
        rows = await self._ask(connection, _TRY, keys)
        return {row["key"] for row in rows}

    async def _ask(self, connection: Any, statement: str, argument: Any) -> list[Any]:
        """Return the rows of a statement; none when the connection does not live."""
        if connection is None or connection.is_closed():
            return []
        try:
            async with self._busy:
                rows: list[Any] = await connection.fetch(statement, argument, timeout=_ANSWER_S)
        except failures.FAILED:
            connection.terminate()
            return []
        return rows

    async def _leave(self) -> None:
        for seat in self._seats.values():
            seat.withdraw()
        connection, self._connection = self._connection, None
        if connection is not None:
            # The end of the session frees its locks.
            with contextlib.suppress(*failures.FAILED):
                await connection.close(timeout=2)
