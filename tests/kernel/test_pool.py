"""Connections: shared fairly, never left behind, and a server that goes away is found again."""

import asyncio
import re
from typing import Any

import asyncpg
import pytest
from prometheus_client import REGISTRY

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.postgres import Database, Transaction
from tests.harness.things import ADD, ALICE, ALL, END, LOCK, ONE, PID, SLEEP, numbers, opened, run


async def test_who_finds_no_connection_in_time_is_told(things_url: str) -> None:
    db = opened(things_url, db_pool_max=1, db_pool_timeout_s=0.2)
    async with db.transaction(ALICE):
        with pytest.raises(errors.Unavailable, match="busy"):
            await db.row(ONE, n=1)

    assert await db.row(ONE, n=1) is None
    await db.close()


async def test_a_connection_goes_to_who_waits_longest(things_url: str) -> None:
    db, order = opened(things_url, db_pool_max=1), []

    async def one(n: int) -> None:
        await db.value(ADD, n=n)
        order.append(n)

    await asyncio.gather(*(one(n) for n in range(30)))

    assert (order, db.size) == (list(range(30)), 1)
    await db.close()


async def test_the_metrics_tell_who_has_and_who_waits_for_a_connection(things_url: str) -> None:
    def told() -> list[float | None]:
        names = ("limit", "size", "active", "waiting")
        return [REGISTRY.get_sample_value(f"database_connection_pool_{name}", {"service": "things"}) for name in names]

    db = opened(things_url, db_pool_max=2)
    uses = [asyncio.create_task(db.rows(SLEEP, seconds=2.0)) for _ in range(5)]
    async with asyncio.timeout(90):
        while told() != [2, 2, 2, 3]:  # noqa: ASYNC110 (what is waited for tells nobody)
            await asyncio.sleep(0.01)
    uses.pop().cancel()
    await asyncio.gather(*uses)
    assert told() == [2, 2, 0, 0]
    await db.close()


async def test_cancelled_work_leaves_nothing_behind(things_url: str) -> None:
    db = opened(things_url, db_pool_max=3)

    async def work(n: int) -> None:
        async with db.transaction(ALICE) as tx:
            await tx.execute(ADD, n=n)
            await tx.rows(SLEEP, seconds=200.0)

    tasks: list[asyncio.Task[Any]] = [asyncio.create_task(work(n)) for n in range(40)]
    tasks += [asyncio.create_task(db.rows(SLEEP, seconds=200.0)) for _ in range(40)]
    for n, task in enumerate(tasks):
        await asyncio.sleep(0.001 * (n % 7))
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    async with asyncio.timeout(90):
        assert await asyncio.gather(*(numbers(db) for _ in range(6))) == [[]] * 6
    await db.close()
    assert (db.size, db.active) == (0, 0)


async def test_an_ended_connection_is_unavailable_once(things: Database) -> None:
    await asyncio.gather(*(things.rows(SLEEP, seconds=0.1) for _ in range(3)))

    async def ended(tx: Transaction) -> None:
        await tx.execute(ADD, n=1)
        await things.value(END, pid=await tx.value(PID))
        await tx.execute(ADD, n=2)

    with pytest.raises(errors.Unavailable, match="try again"):
        await run(things, ended)

    assert await things.answers()
    await things.execute(ADD, n=3)
    assert (await numbers(things), things.active) == ([3], 0)


async def test_a_server_that_ended_all_connections_is_found_again(things: Database, things_url: str) -> None:
    await asyncio.gather(*(things.rows(SLEEP, seconds=0.05) for _ in range(4)))
    other = await asyncpg.connect(things_url)
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE usename = current_user AND pid <> pg_backend_pid()"
    )
    await other.close()
    await asyncio.sleep(0.5)

    assert await numbers(things) == []
    assert things.size == 1


async def test_a_connection_lost_while_committing_is_told_as_in_doubt(things: Database, things_url: str) -> None:
    other = await asyncpg.connect(things_url)
    await other.execute("""
        CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NEW; END $$;
        CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON thing DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION leave();
    """)
    await other.close()

    with pytest.raises(errors.Unavailable, match="not known") as found:
        await run(things, lambda tx: tx.execute(ADD, n=1))

    assert (found.value.type, things.active) == ("outcome-unknown", 0)


async def test_a_statement_that_takes_too_long_is_stopped(things_url: str) -> None:
    db = opened(things_url, db_statement_timeout_s=0.1)
    with pytest.raises(errors.Unavailable, match="too long"):
        await db.rows(SLEEP, seconds=200.0)

    assert db.size == 1
    await db.close()


async def test_who_waits_too_long_for_another_change_is_told(things_url: str) -> None:
    db = opened(things_url, db_lock_timeout_s=0.1)
    await db.execute(ADD, n=1)
    async with db.transaction(ALICE) as tx:
        await tx.execute(LOCK, n=1)
        with pytest.raises(errors.Unavailable, match="Someone else"):
            await run(db, lambda other: other.execute(LOCK, n=1))
    await db.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda url: re.sub(r":\d+/", ":1/", url),
        lambda url: url + "x",
        lambda url: "postgresql://bob@" + url.partition("@")[2],
    ],
)
async def test_a_database_that_cannot_be_reached_is_unavailable(things_url: str, change: Any) -> None:
    db = opened(change(things_url), db_pool_min=2)
    with pytest.raises(errors.Unavailable, match="The database of the things service"):
        await db.open()
    with pytest.raises(errors.Unavailable, match="does not answer"):
        await db.rows(ALL)
    assert not await db.answers()

    assert db.size == 0
    await db.close()


async def test_a_server_that_is_away_is_left_alone_for_a_while(things_url: str) -> None:
    db = opened(re.sub(r":\d+/", ":1/", things_url), db_pool_min=4)
    waits = []
    for _ in range(6):
        with pytest.raises(errors.Unavailable) as found:
            await db.open()
        waits.append(found.value.retry_after_s)
    assert (waits, db.size) == ([2, 2, 2, 2, 2, 30], 0)
    await db.close()


async def test_a_closed_database_says_so(things_url: str) -> None:
    db = opened(things_url, db_pool_min=2, db_pool_max=2)
    await db.open()
    assert db.size == 2
    late = [asyncio.create_task(db.rows(SLEEP, seconds=0.3)) for _ in range(3)]
    await asyncio.sleep(0.1)
    await db.close()

    outcome = await asyncio.gather(*late, return_exceptions=True)
    assert [isinstance(found, errors.Unavailable) for found in outcome] == [False, False, True]
    with pytest.raises(errors.Unavailable, match="stopping"):
        await db.rows(ALL)
