"""Statements and transactions: what is done and announced happens together or not at all."""

import contextlib
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.postgres import Database, Transaction
from nanopore_tracking.kernel.sql import Query
from nanopore_tracking.kernel.telemetry import metrics, trace
from tests.harness.things import ADD, ALICE, ALL, HANG, ONE, WRONG, announce, announced, numbers, run

DAY = Query("things.day", "SELECT to_json(:day::date) #>> '{}';")


async def test_statements_of_their_own(things: Database) -> None:
    await things.execute(ADD, n=1)

    assert await things.value(ADD, n=2) == 2
    assert dict(await things.row(ONE, n=2) or {}) == {"n": 2}
    assert await things.row(ONE, n=3) is None
    assert await things.value(ONE, n=3) is None
    assert await numbers(things) == [1, 2]


async def test_a_transaction_commits_what_is_done_and_announced(things: Database) -> None:
    lab, woken = UUID(int=5), []
    things.on_commit.append(lambda: woken.append(1))
    async with things.transaction(ALICE) as tx:
        await tx.execute(ADD, n=1)
        announce(tx, 1, tenant_id=lab, changes=[Change("n", None, 1)])
        assert (await tx.value(ONE, n=1), await things.value(ONE, n=1), woken) == (1, None, [])

    (event,) = await announced(things)
    assert await numbers(things) == [1]
    assert woken == [1]
    assert (event.type, event.version, event.source) == ("things.made", 1, "things")
    assert (event.actor, event.request_id, event.occurred_at) == (ALICE.actor, "request-1", ALICE.at)
    assert (event.subject, event.tenant_id, event.changes) == (Subject("thing", "1"), lab, (Change("n", None, 1),))
    assert (event.traceparent, bytes(event.data)) == (ALICE.traceparent, b'{"n":1}')


async def test_several_events_keep_their_order(things: Database) -> None:
    async with things.transaction(ALICE) as tx:
        for n in range(300):
            announce(tx, n)

    assert [event.subject.id for event in await announced(things)] == [str(n) for n in range(300)]


async def test_an_event_stands_in_the_present_trace(things: Database) -> None:
    with trace.within(None) as place:
        async with things.transaction(Call.system("things")) as tx:
            announce(tx, 1)

    assert [event.traceparent for event in await announced(things)] == [place.traceparent]


async def test_an_exception_undoes_everything(things: Database) -> None:
    woken: list[int] = []
    things.on_commit.append(lambda: woken.append(1))

    async def refused(tx: Transaction) -> None:
        await tx.execute(ADD, n=1)
        announce(tx, 1)
        raise errors.Conflict("no")

    with pytest.raises(errors.Conflict, match="no"):
        await run(things, refused)

    assert (await numbers(things), await announced(things), woken) == ([], [], [])


async def test_a_savepoint_undoes_only_what_is_in_it(things: Database) -> None:
    async with things.transaction(ALICE) as tx:
        await tx.execute(ADD, n=1)
        announce(tx, 1)
        with contextlib.suppress(postgres.Violation):
            async with tx.savepoint():
                await tx.execute(ADD, n=2)
                announce(tx, 2)
                await tx.execute(ADD, n=1)
        async with tx.savepoint():
            await tx.execute(ADD, n=3)
            announce(tx, 3)

    assert await numbers(things) == [1, 3]
    assert [event.subject.id for event in await announced(things)] == ["1", "3"]


@pytest.mark.parametrize(
    ("query", "params", "constraint", "kind"),
    [
        (ADD, {"n": 1}, "thing_n", "already-exists"),
        (ADD, {"n": 1000}, "thing_small", "not-allowed"),
        (ADD, {"n": None}, "n", "not-allowed"),
        (HANG, {"n": 2, "over": 3}, "thing_over", "reference"),
    ],
)
async def test_a_broken_constraint_is_a_conflict_that_names_it(
    things: Database, query: Query, params: dict[str, Any], constraint: str, kind: str
) -> None:
    await things.execute(ADD, n=1)

    async def broken(tx: Transaction) -> None:
        announce(tx, 1)
        await tx.execute(query, **params)

    with pytest.raises(errors.Conflict, match=r"Nothing was changed\.") as found:
        await run(things, broken)

    assert isinstance(found.value, postgres.Violation)
    assert (found.value.constraint, found.value.type) == (constraint, kind)
    assert found.value.extra == {"constraint": constraint}
    assert (await announced(things), things.active) == ([], 0)


@pytest.mark.parametrize("n", [2**31, "one", 10**30])
async def test_a_value_that_cannot_be_stored_is_invalid(things: Database, n: Any) -> None:
    with pytest.raises(errors.Invalid):
        await things.execute(ADD, n=n)


async def test_a_statement_that_is_wrong_is_a_bug(things: Database) -> None:
    with pytest.raises(asyncpg.UndefinedColumnError):
        await things.rows(WRONG)
    with pytest.raises(TypeError):
        await things.rows(ONE)

    assert things.active == 0


async def test_a_failure_that_is_passed_over_is_told_at_the_end(things: Database) -> None:
    async def careless(tx: Transaction) -> None:
        with contextlib.suppress(asyncpg.UndefinedColumnError):
            await tx.rows(WRONG)

    async def talkative(tx: Transaction) -> None:
        announce(tx, 1)
        await careless(tx)

    with pytest.raises(RuntimeError, match="passed over"):
        await run(things, careless)
    with pytest.raises(asyncpg.InFailedSQLTransactionError):
        await run(things, talkative)
    assert (await announced(things), things.size) == ([], 1)


async def test_many_rows_are_copied(things: Database) -> None:
    await things.copy("thing", ["n"], [(n,) for n in range(500)])

    assert len(await numbers(things)) == 500
    with pytest.raises(postgres.Violation):
        await things.copy("thing", ["n"], [(600,), (1,)])
    assert len(await numbers(things)) == 500


async def test_statements_and_connections_are_counted(things: Database) -> None:
    async with things.transaction(ALICE) as tx:
        await tx.rows(ALL)
        found = metrics.exposition().decode()

    assert 'database_connection_pool_active{service="things"} 1.0' in found
    assert 'database_connection_pool_size{service="things"} 1.0' in found
    assert 'database_query_duration_bucket{le="+Inf",query="things.all",service="things"}' in found


@pytest.mark.parametrize("day", [date.min, date.max], ids=["first", "last"])
async def test_the_ends_of_the_calendar_are_not_kept_as_infinity(things: Database, day: date) -> None:
    with pytest.raises(errors.Invalid) as found:
        async with things.transaction(ALICE) as tx:
            await tx.value(DAY, day=day)
    assert found.value.fields[0].path == "day"
    async with things.transaction(ALICE) as tx:
        assert await tx.value(DAY, day=date(9999, 12, 30)) == "9999-12-30"
    assert await things.value(DAY, day=day) in ("-infinity", "infinity"), "what is only asked may go to the end"
