"""Transactions: what is done and what is announced in one happens together or not at all."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from types import TracebackType
from typing import Any, NoReturn, Self
from uuid import UUID

from nanopore_tracking.kernel import announcements, endings, errors, failures
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Change, Envelope, Event, Subject
from nanopore_tracking.kernel.failures import Violation
from nanopore_tracking.kernel.pool import Pool
from nanopore_tracking.kernel.query import Query
from nanopore_tracking.kernel.statements import Statements, Way, measured, raise_problem
from nanopore_tracking.kernel.telemetry import conventions, trace

_IN_DOUBT = (
    "The database went away in the last moment, so that it is not known whether the change was made. "
    "Look at it before you send it again."
)


class Outdated(Exception):
    """A conclusion relied on what does not hold any more. Nothing was changed; the command can be run again."""


class Transaction(Statements):
    """One transaction; it begins with its first statement.

    call: who asked for it, when, and under which request id. attempt: how often the same command was run before and
    found outdated what it relied on.
    """

    def __init__(
        self, service: str, call: Call, pool: Pool, *, on_commit: Iterable[Callable[[], None]], attempt: int = 0
    ) -> None:
        self.call = call
        self.attempt = attempt
        self._service = service
        self._pool = pool
        self._on_commit = on_commit
        self._connection: Any = None
        self._announced: list[Envelope] = []
        self._conclusion: endings.Conclusion | None = None
        self._begun = False
        self._finished = False
        self._savepoints = 0

    async def __aenter__(self) -> Self:
        self._connection = await self._pool.acquire()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if failure is None:
                await self._end()
            elif isinstance(failure, Exception):
                await self._roll_back()
        except BaseException as late:
            self._give_back(late)
            raise
        self._give_back(failure)
        if self._announced and failure is None:
            for told in self._on_commit:
                told()

    async def copy(self, table: str, columns: Sequence[str], records: Iterable[Sequence[Any]]) -> None:
        """Add many rows at once, faster than any INSERT; values in the order of the columns."""
        await self._begin()
        try:
            await self._connection.copy_records_to_table(table, columns=columns, records=records)
        except failures.FAILED as failure:
            raise_problem(failure, self._connection)

    def announce(
        self, event: Event, *, subject: Subject, tenant_id: UUID | None = None, changes: Sequence[Change] = ()
    ) -> None:
        """Announce that something happened; it is told to everybody if and only if this transaction commits."""
        self._announced.append(
            announcements.envelope(
                self._service, self.call, event, subject=subject, tenant_id=tenant_id, changes=changes
            )
        )

    def conclude(self, change: Query, /, *, mark: str, refuse: Callable[[Violation], NoReturn], **params: Any) -> None:
        """Let this be the last statement; it is run together with what was announced, at most one event, and kept.

        See endings.Conclusion. Outdated is raised at the end when the change finds nothing to be done.
        """
        self._conclusion = endings.Conclusion(query=change, params=params, mark=mark, refuse=refuse)

    @property
    def mark(self) -> str:
        """What stands for the text that the conclusion returns; empty without one."""
        return "" if self._conclusion is None else self._conclusion.mark

    async def finish(self, kept: Query | None = None, /, **params: Any) -> str:
        """Run the last statement; return the text that the mark of the conclusion stands for, empty without one.

        kept: what is written besides, once the change is made. Nothing can be done or announced after it.
        """
        self._finished = True
        change, events = self._conclusion, self._announced
        if len(events) > 1:
            if change is not None:
                raise RuntimeError(f"{change.query.name} can be told by one event, not by {len(events)}")
            await self._write_announced()
            events = []
        if change is None and kept is None and not events:
            return ""
        if events:
            params.update(zip(endings.OUTBOX, announcements.columns(events[0]), strict=True))
        if change is not None:
            params.update(change.params)
        if events or kept is not None:
            params["mark"] = self.mark
        query = endings.joined(None if change is None else change.query, kept, announced=bool(events))
        return await self._run_last(query, params)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only what is done and announced within, when an exception leaves it."""
        self._savepoints += 1
        name, announced = f"s{self._savepoints}", len(self._announced)
        await self._begin()
        await self._plain(f"SAVEPOINT {name}")
        try:
            yield
            # This fails when the error of a statement was passed over.
            await self._plain(f"RELEASE SAVEPOINT {name}")
        except Exception:
            del self._announced[announced:]
            await self._plain(f"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}")
            raise

    async def _run(self, way: Way, query: Query, params: dict[str, Any]) -> Any:
        _refuse_ends(params)
        if not self._begun:
            await self._begin()
        return await measured(self._service, self._connection, way, query=query, params=params)

    async def _run_last(self, query: Query, params: dict[str, Any]) -> str:
        _refuse_ends(params)
        try:
            value: str | None = await measured(self._service, self._connection, "fetchval", query=query, params=params)
        except Violation as violation:
            if self._conclusion is None:
                raise
            self._conclusion.refuse(violation)
        except errors.Unavailable as failure:
            if not self._begun and self._connection.is_closed():
                raise errors.Unavailable(_IN_DOUBT, type="outcome-unknown") from failure
            raise
        if value is None:
            raise Outdated(query.name)
        return value

    async def _begin(self) -> None:
        if not self._begun:
            await self._plain("BEGIN")
            self._begun = True

    async def _plain(self, command: str) -> None:
        try:
            await self._connection.execute(command)
        except failures.FAILED as failure:
            raise_problem(failure, self._connection)

    async def _write_announced(self) -> None:
        await self._begin()
        try:
            await announcements.write(self._connection, self._announced)
        except failures.FAILED as failure:
            raise_problem(failure, self._connection)

    async def _end(self) -> None:
        try:
            if not self._finished:
                await self.finish()
        except Exception:
            await self._roll_back()
            raise
        if self._begun:
            await self._commit()

    async def _commit(self) -> None:
        try:
            with conventions.statement(self._service, "kernel.commit") if trace.on() else trace.NOTHING:
                done = await self._connection.execute("COMMIT")
        except failures.FAILED as failure:
            if failures.useless(failure) or self._connection.is_closed():
                self._connection.terminate()
                raise errors.Unavailable(_IN_DOUBT, type="outcome-unknown") from failure
            raise_problem(failure, self._connection)
        if done != "COMMIT":
            raise RuntimeError("a statement of this transaction failed and its error was passed over")

    async def _roll_back(self) -> None:
        """Roll back; a connection on which that fails is ended, which rolls back as well."""
        if not self._begun:
            return
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


def _refuse_ends(params: dict[str, Any]) -> None:
    """Raise Invalid for the first and the last day of the calendar: the driver would keep them as `infinity`."""
    for name, value in params.items():
        if type(value) is date and value in (date.min, date.max):
            message = f"{value} is no day that can be kept."
            raise errors.Invalid(f"{name}: {message} Nothing was changed.", fields=[errors.FieldError(name, message)])
