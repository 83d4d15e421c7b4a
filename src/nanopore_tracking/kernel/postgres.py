"""The database of one service: statements by name, and transactions that put announced events in the outbox."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.connection import Opener
from nanopore_tracking.kernel.failures import Violation
from nanopore_tracking.kernel.pool import Pool
from nanopore_tracking.kernel.query import Query, Reads, Record
from nanopore_tracking.kernel.settings import KernelSettings, Secret
from nanopore_tracking.kernel.statements import Statements, Way, measured
from nanopore_tracking.kernel.transactions import Outdated, Transaction

__all__ = ["Database", "Outdated", "Reads", "Record", "Transaction", "Violation"]

_ALIVE = Query("kernel.alive", "SELECT true;")


class Database(Statements):
    """The database of one service; each statement is a transaction of its own.

    name: of the service; it labels metrics and is the source of its events. on_commit: called after each commit of a
    transaction that announced events.
    """

    def __init__(self, name: str, url: str | Secret, settings: KernelSettings) -> None:
        self.name = name
        self.on_commit: list[Callable[[], None]] = []
        self._opener = Opener(name, Secret(url) if isinstance(url, str) else url, settings)
        self._pool = Pool(
            self._opener,
            least=settings.db_pool_min,
            most=settings.db_pool_max,
            wait_s=settings.db_pool_timeout_s,
        )
        self._pool.measure(name)

    @property
    def size(self) -> int:
        """How many connections are open."""
        return self._pool.size

    @property
    def active(self) -> int:
        """How many connections are in use."""
        return self._pool.active

    async def open(self) -> None:
        """Open the first connections; Unavailable when that fails, and the database can be used later all the same."""
        await self._pool.open()

    async def close(self, patience_s: float = 5.0) -> None:
        """Wait so long for what is going on, then close all connections."""
        await self._pool.close(patience_s)

    async def answers(self, within_s: float = 2.0) -> bool:
        """Return whether the database answers a statement within the time."""
        try:
            async with asyncio.timeout(within_s):
                return bool(await self.value(_ALIVE))
        except (errors.Unavailable, TimeoutError):
            return False

    async def copy(self, table: str, columns: Sequence[str], records: Iterable[Sequence[Any]]) -> None:
        """Add many rows at once, as a transaction of its own."""
        async with self.transaction(Call.system(self.name)) as tx:
            await tx.copy(table, columns, records)

    async def connect(self) -> Any:
        """Return a connection outside of the pool, for locks that last as long as it does; who asked for it ends it.

        To be asked for once a second at the most: it is tried for even while nobody else may.
        """
        return await self._opener(probe=True)

    def transaction(self, call: Call, *, attempt: int = 0) -> Transaction:
        """Return a transaction for `async with`: committed at its end, rolled back when an exception leaves it."""
        return Transaction(self.name, call, self._pool, on_commit=self.on_commit, attempt=attempt)

    async def _run(self, way: Way, query: Query, params: dict[str, Any]) -> Any:
        connection = await self._pool.acquire()
        try:
            found = await measured(self.name, connection, way, query=query, params=params)
        except Exception:
            self._pool.release(connection)
            raise
        except BaseException:
            self._pool.settle(connection)
            raise
        self._pool.release(connection)
        return found
