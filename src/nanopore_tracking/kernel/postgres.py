"""The database of one service: statements by name, and transactions that put announced events in the outbox."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from types import TracebackType
from typing import Any, Literal, NoReturn, Protocol, Self
from uuid import UUID

from nanopore_tracking.kernel import announcements, errors, failures
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.connection import Opener
from nanopore_tracking.kernel.events import Change, Envelope, Event, Subject
from nanopore_tracking.kernel.failures import Violation
from nanopore_tracking.kernel.pool import Pool
from nanopore_tracking.kernel.query import Query
from nanopore_tracking.kernel.settings import KernelSettings, Secret
from nanopore_tracking.kernel.telemetry import metrics, trace

__all__ = ["Database", "Reads", "Record", "Transaction", "Violation"]

#: A row, read by the names of its columns.
Record = Mapping[str, Any]

_ALIVE = Query("kernel.alive", "SELECT true;")
_IN_DOUBT = (
    "The database went away in the last moment, so that it is not known whether the change was made. "
    "Look at it before you send it again."
)
_NOTHING: AbstractContextManager[None] = nullcontext()

_Way = Literal["fetch", "fetchrow", "fetchval"]


class Reads(Protocol):
    """What reads: a Database, each statement on its own, or a Transaction, within it."""

    async def rows(self, query: Query, /, **params: Any) -> list[Record]:
        """Return all rows of a statement."""
        ...

    async def row(self, query: Query, /, **params: Any) -> Record | None:
        """Return the first row of a statement; None without one."""
        ...

    async def value(self, query: Query, /, **params: Any) -> Any:
        """Return the first column of the first row; None without one."""
        ...


class _Statements(ABC):
    """What a Database and a Transaction have in common."""

    @abstractmethod
    async def _run(self, way: _Way, query: Query, params: dict[str, Any]) -> Any: ...

    async def rows(self, query: Query, /, **params: Any) -> list[Record]:
        """Return all rows of a statement."""
        found: list[Record] = await self._run("fetch", query, params)
        return found

    async def row(self, query: Query, /, **params: Any) -> Record | None:
        """Return the first row of a statement; None without one."""
        found: Record | None = await self._run("fetchrow", query, params)
        return found

    async def value(self, query: Query, /, **params: Any) -> Any:
        """Return the first column of the first row; None without one."""
        return await self._run("fetchval", query, params)

    async def execute(self, query: Query, /, **params: Any) -> None:
        """Run a statement of which nothing is read."""
        await self._run("fetch", query, params)


class Database(_Statements):
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
        metrics.POOL_SIZE.labels(name).set_function(lambda: self._pool.size)
        metrics.POOL_ACTIVE.labels(name).set_function(lambda: self._pool.active)

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

    def transaction(self, call: Call) -> "Transaction":
        """Return a transaction for `async with`: committed at its end, rolled back when an exception leaves it."""
        return Transaction(self, call, self._pool)

    async def _run(self, way: _Way, query: Query, params: dict[str, Any]) -> Any:
        connection = await self._pool.acquire()
        try:
            found = await _measured(self.name, connection, way, query=query, params=params)
        except Exception:
            self._pool.release(connection)
            raise
        except BaseException:
            self._pool.settle(connection)
            raise
        self._pool.release(connection)
        return found


class Transaction(_Statements):
    """One transaction: what is done and what is announced in it happens together or not at all.

    call: who asked for it, when, and under which request id.
    """

    def __init__(self, db: Database, call: Call, pool: Pool) -> None:
        self.call = call
        self._db = db
        self._pool = pool
        self._connection: Any = None
        self._announced: list[Envelope] = []
        self._written = 0
        self._savepoints = 0

    async def __aenter__(self) -> Self:
        self._connection = await self._pool.acquire()
        try:
            await self._plain("BEGIN")
        except BaseException as failure:
            self._give_back(failure)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if failure is None:
                await self._commit()
            elif isinstance(failure, Exception):
                await self._roll_back()
        except BaseException as late:
            self._give_back(late)
            raise
        self._give_back(failure)
        if self._announced and failure is None:
            for told in self._db.on_commit:
                told()

    async def copy(self, table: str, columns: Sequence[str], records: Iterable[Sequence[Any]]) -> None:
        """Add many rows at once, faster than any INSERT; values in the order of the columns."""
        try:
            await self._connection.copy_records_to_table(table, columns=columns, records=records)
        except failures.FAILED as failure:
            _raise(failure, self._connection)

    def announce(
        self, event: Event, *, subject: Subject, tenant_id: UUID | None = None, changes: Sequence[Change] = ()
    ) -> None:
        """Announce that something happened; it is told to everybody if and only if this transaction commits."""
        self._announced.append(
            announcements.envelope(
                self._db.name, self.call, event, subject=subject, tenant_id=tenant_id, changes=changes
            )
        )

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only what is done and announced within, when an exception leaves it."""
        self._savepoints += 1
        name, announced = f"s{self._savepoints}", len(self._announced)
        await self._plain(f"SAVEPOINT {name}")
        try:
            yield
            # This fails when the error of a statement was passed over.
            await self._plain(f"RELEASE SAVEPOINT {name}")
        except Exception:
            del self._announced[announced:]
            await self._plain(f"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}")
            raise

    async def _run(self, way: _Way, query: Query, params: dict[str, Any]) -> Any:
        return await _measured(self._db.name, self._connection, way, query=query, params=params)

    async def last_value(self, query: Query, /, **params: Any) -> Any:
        """As `value`, for the last statement of all: an event that was announced alone is written along with it."""
        if len(self._announced) != 1:
            return await self.value(query, **params)
        joined, more = announcements.along(query, self._announced[0])
        found = await self._run("fetchval", joined, params | more)
        self._written = 1
        return found

    async def _plain(self, command: str) -> None:
        try:
            await self._connection.execute(command)
        except failures.FAILED as failure:
            _raise(failure, self._connection)

    async def _commit(self) -> None:
        try:
            if self._announced[self._written :]:
                await announcements.write(self._connection, self._announced[self._written :])
        except errors.TooLarge:
            await self._roll_back()
            raise
        except failures.FAILED as failure:
            await self._roll_back()
            _raise(failure, self._connection)
        try:
            done = await self._connection.execute("COMMIT")
        except failures.FAILED as failure:
            if failures.useless(failure) or self._connection.is_closed():
                self._connection.terminate()
                raise errors.Unavailable(_IN_DOUBT, type="outcome-unknown") from failure
            _raise(failure, self._connection)
        if done != "COMMIT":
            raise RuntimeError("a statement of this transaction failed and its error was passed over")

    async def _roll_back(self) -> None:
        """Roll back; a connection on which that fails is ended, which rolls back as well."""
        try:
            await self._connection.execute("ROLLBACK")
        except failures.FAILED:
            # What led here is being told; this would only hide it.
            self._connection.terminate()

    def _give_back(self, failure: BaseException | None) -> None:
        if failure is None or isinstance(failure, Exception):
            self._pool.release(self._connection)
        else:
            self._pool.settle(self._connection)


async def _measured(service: str, connection: Any, way: _Way, *, query: Query, params: dict[str, Any]) -> Any:
    """Run a statement, count its time under its name, and raise what fails as one of the five kinds."""
    arguments = query.arguments(params)
    started_s = time.perf_counter()
    try:
        with trace.span(query.name) if trace.on() else _NOTHING:
            return await getattr(connection, way)(query.text, *arguments)
    except failures.FAILED as failure:
        _raise(failure, connection)
    finally:
        metrics.labelled(metrics.QUERY_S, service, query.name).observe(time.perf_counter() - started_s)


def _raise(failure: Exception, connection: Any) -> NoReturn:
    """Raise a failure as what it is; a connection that cannot be trusted any more is ended."""
    if failures.useless(failure):
        connection.terminate()
    problem = failures.problem(failure, closed=connection.is_closed())
    if problem is None:
        raise failure
    raise problem from failure
