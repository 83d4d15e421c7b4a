"""The last statement of a transaction: a change, its event and the kept answer, all or nothing and in one."""

from typing import NoReturn

import pytest

from nanopore_tracking.kernel import endings, errors
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.postgres import Database, Outdated, Transaction, Violation
from nanopore_tracking.kernel.query import Malformed, Query
from tests.harness.things import ADD, ALICE, ThingMade, announce, announced, numbers, run

#: Adds a thing unless there are ten; its number is known to the database alone.
GROW = Query(
    "things.grow",
    """WITH effect AS (INSERT INTO thing (n) SELECT count(*) + :least FROM thing HAVING count(*) < 10
    RETURNING n::text AS value) SELECT value FROM effect;""",
)
KEEP = Query(
    "things.keep",
    """WITH effect AS (SELECT ''::text AS value)
    INSERT INTO idempotency_key (owner, key, route, body_hash, status, body)
    SELECT 'alice', :key, '/', sha256(''), 200, convert_to(replace(:body, :mark, value), 'UTF8') FROM effect;""",
)
KEPT = Query("things.kept", "SELECT convert_from(body, 'UTF8') FROM idempotency_key WHERE key = :key;")


def _refuse(violation: Violation) -> NoReturn:
    raise errors.Conflict(f"refused: {violation.constraint}", type="refused")


def _grow(tx: Transaction, least: int = 1) -> None:
    tx.conclude(GROW, mark="the-number", refuse=_refuse, least=least)


async def test_a_change_its_event_and_the_answer_are_one_statement(things: Database) -> None:
    async with things.transaction(ALICE) as tx:
        _grow(tx)
        announce(tx, 0, changes=())
        value = await tx.finish(KEEP, key="k", body="made the-number")
        in_transaction = tx._connection.is_in_transaction()

    assert (value, in_transaction) == ("1", False)
    assert await numbers(things) == [1]
    assert await things.value(KEPT, key="k") == "made 1"
    assert [event.type for event in await announced(things)] == ["things.made"]


async def test_the_mark_gives_way_in_what_is_announced(things: Database) -> None:
    async with things.transaction(ALICE) as tx:
        _grow(tx, least=7)
        tx.announce(ThingMade(n=0), subject=Subject("thing", "0", "the-number"))

    (event,) = await announced(things)
    assert event.subject == Subject("thing", "0", "7")


async def test_a_change_that_finds_nothing_to_do_leaves_nothing(things: Database) -> None:
    await things.copy("thing", ["n"], [(n,) for n in range(100, 110)])

    async def command(tx: Transaction) -> None:
        _grow(tx)
        announce(tx, 0)
        await tx.finish(KEEP, key="k", body="")

    with pytest.raises(Outdated):
        await run(things, command)

    assert len(await numbers(things)) == 10
    assert (await announced(things), await things.value(KEPT, key="k")) == ([], None)


async def test_a_key_that_is_taken_undoes_the_change(things: Database) -> None:
    async with things.transaction(ALICE) as tx:
        await tx.finish(KEEP, key="k", body="first")

    async def command(tx: Transaction) -> None:
        await tx.execute(ADD, n=5)
        announce(tx, 5)
        await tx.finish(KEEP, key="k", body="second")

    with pytest.raises(Violation) as taken:
        await run(things, command)

    assert taken.value.constraint == "idempotency_key_pkey"
    assert (await numbers(things), await announced(things)) == ([], [])
    assert await things.value(KEPT, key="k") == "first"


async def test_a_broken_constraint_is_told_in_the_words_of_the_change(things: Database) -> None:
    await things.copy("thing", ["n"], [(5,)])

    async def command(tx: Transaction) -> None:
        _grow(tx, least=4)
        announce(tx, 0)

    with pytest.raises(errors.Conflict, match="refused: thing_n"):
        await run(things, command)

    assert (await numbers(things), await announced(things)) == ([5], [])


async def test_a_conclusion_is_part_of_what_was_begun(things: Database) -> None:
    async def command(tx: Transaction) -> None:
        for n in range(100, 110):
            await tx.execute(ADD, n=n)
        _grow(tx)

    with pytest.raises(Outdated):
        await run(things, command)

    assert await numbers(things) == []


async def test_a_connection_lost_within_the_one_statement_is_told_as_in_doubt(things: Database) -> None:
    leaving = "count(*) + :least + pg_terminate_backend(pg_backend_pid())::int + (pg_sleep(5) IS NULL)::int"
    leave = Query("things.leave", GROW.text.replace("count(*) + $1", leaving) + ";")

    with pytest.raises(errors.Unavailable, match="not known") as found:
        async with things.transaction(ALICE) as tx:
            tx.conclude(leave, mark="m", refuse=_refuse, least=1)

    assert (found.value.type, things.active) == ("outcome-unknown", 0)


async def test_only_one_event_goes_with_a_conclusion(things: Database) -> None:
    async def command(tx: Transaction) -> None:
        _grow(tx)
        announce(tx, 1)
        announce(tx, 2)

    with pytest.raises(RuntimeError, match="one event"):
        await run(things, command)

    assert (await numbers(things), await announced(things)) == ([], [])


@pytest.mark.parametrize("statement", ["SELECT 1;", "WITH effect AS (SELECT '' AS value) SELECT value FROM nowhere;"])
def test_a_change_of_another_form_is_malformed(statement: str) -> None:
    with pytest.raises(Malformed):
        endings.joined(Query("things.other", statement), None, announced=True)
