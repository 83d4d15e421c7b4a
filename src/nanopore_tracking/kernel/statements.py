"""What runs SQL statements: by name, measured, with every failure as one of the five kinds of error."""

import time
from abc import ABC, abstractmethod
from typing import Any, Literal, NoReturn

from nanopore_tracking.kernel import failures
from nanopore_tracking.kernel.query import Query, Record
from nanopore_tracking.kernel.telemetry import conventions, metrics, trace

Way = Literal["fetch", "fetchrow", "fetchval"]


class Statements(ABC):
    """What a Database and a Transaction have in common."""

    @abstractmethod
    async def _run(self, way: Way, query: Query, params: dict[str, Any]) -> Any: ...

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


async def measured(service: str, connection: Any, way: Way, *, query: Query, params: dict[str, Any]) -> Any:
    """Run a statement, count its time under its name, and raise what fails as one of the five kinds."""
    arguments = query.arguments(params)
    started_s = time.perf_counter()
    try:
        with conventions.statement(service, query.name) if trace.on() else trace.NOTHING:
            return await getattr(connection, way)(query.text, *arguments)
    except failures.FAILED as failure:
        raise_problem(failure, connection)
    finally:
        metrics.labelled(metrics.QUERY_S, service, query.name).observe(
            time.perf_counter() - started_s, trace.exemplar()
        )


def raise_problem(failure: Exception, connection: Any) -> NoReturn:
    """Raise a failure as what it is; a connection that cannot be trusted any more is ended."""
    if failures.useless(failure):
        connection.terminate()
    problem = failures.problem(failure, closed=connection.is_closed())
    if problem is None:
        raise failure
    raise problem from failure
