"""Leadership: one replica at a time, lost with its connection, taken over by another."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from nanopore_tracking.kernel.leader import Leadership, Seat
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.sql import Query
from tests.harness.engines import TestDatabase, TestEngines
from tests.harness.messaging import QUICK, until

_END_OTHERS = Query(
    "tests.end",
    "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database());",
)


@pytest.fixture
async def pair(database_url: str) -> AsyncIterator[tuple[Leadership, Leadership]]:
    """Two replicas of a service."""
    dbs = [Database("leaders", database_url, QUICK) for _ in range(2)]
    one, two = (Leadership(db) for db in dbs)
    await one.start()
    await two.start()
    yield one, two
    await asyncio.gather(one.stop(), two.stop(), *(db.close() for db in dbs))


async def _one_of(*seats: Seat) -> bool:
    return [seat.held for seat in seats].count(True) == 1


async def test_one_replica_has_the_seat_and_the_other_gets_it_when_it_ends(pair: tuple[Leadership, Leadership]) -> None:
    seats = [one.seat("work") for one in pair]
    await until(lambda: _one_of(*seats))
    await asyncio.sleep(0.6)
    assert await _one_of(*seats)
    leader = 0 if seats[0].held else 1

    await pair[leader].stop()

    await asyncio.wait_for(seats[1 - leader].wait(), 10)
    assert not seats[leader].held


async def test_seats_are_independent(pair: tuple[Leadership, Leadership]) -> None:
    one, other = pair[0].seat("one"), pair[1].seat("other")

    await asyncio.wait_for(one.wait(), 10)
    await asyncio.wait_for(other.wait(), 10)


async def test_a_lost_connection_loses_the_seat_and_it_is_had_again(
    pair: tuple[Leadership, Leadership], database_url: str
) -> None:
    seat = pair[0].seat("work")
    await asyncio.wait_for(seat.wait(), 10)
    db = Database("leaders", database_url, QUICK)

    assert await db.value(_END_OTHERS) == 1

    await until(lambda: _held(seat, held=False))
    await until(lambda: _held(seat, held=True))
    await db.close()


async def _held(seat: Seat, *, held: bool) -> bool:
    return seat.held is held


async def test_a_turn_is_given_to_one_at_a_time(pair: tuple[Leadership, Leadership]) -> None:
    for one in pair:
        await asyncio.wait_for(one.seat(f"own {id(one)}").wait(), 10)

    async with pair[0].turn("job") as mine:
        assert mine
        async with pair[1].turn("job") as theirs:
            assert not theirs
        async with pair[1].turn("another job") as theirs:
            assert theirs
    async with pair[1].turn("job") as theirs:
        assert theirs


async def test_a_database_that_is_back_is_used_again_soon(engines: TestEngines, database: TestDatabase) -> None:
    db = Database("leaders", database.owner_url, QUICK)
    superuser = await asyncpg.connect(engines.superuser_url)
    await superuser.execute(f"ALTER DATABASE {database.name} CONNECTION LIMIT 0")
    leadership = Leadership(db)
    await leadership.start()
    for _ in range(6):
        assert not await db.answers()
    await superuser.execute(f"ALTER DATABASE {database.name} CONNECTION LIMIT -1")
    await superuser.close()

    # Requests alone would be refused for half a minute after so many failures.
    await until(db.answers, within_s=20)

    await leadership.stop()
    await db.close()
