"""Sagas over several replicas: each is driven by one at a time, and by another when that one is gone."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.sagas import At, Local, Pace, Saga, start
from nanopore_tracking.kernel.sagas.driving import Drive
from nanopore_tracking.kernel.sagas.store import Lost, claim
from nanopore_tracking.kernel.transactions import Transaction
from tests.harness.errands import QUICK, STEPS, Errand, Errands, driving, errand, errands, figures

DONE = [f"{step}:do" for step in STEPS]
SYSTEM = Call.system("errands")


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Errands]:
    """The service of errands on a fresh database."""
    async with errands(database_url) as found:
        yield found


async def test_a_version_that_is_not_known_here_waits_for_who_knows_it(service: Errands) -> None:
    new = errand(version=2)
    async with driving(service.engine(errand())):
        await service.begin("new", new)
        await service.begin("old")
        await service.until("old", "completed")
        assert (await service.row("new"))["fence"] == 0
    async with driving(service.engine(errand(), new)):
        await service.until("new", "completed")


async def test_one_version_declared_twice_is_refused(service: Errands) -> None:
    with pytest.raises(ValueError, match="declared twice"):
        service.engine(errand(), errand())


async def test_who_lost_the_lease_changes_nothing_any_more(service: Errands) -> None:
    """A replica that stood still for longer than its lease goes on as if it had it, and is fenced off."""
    entered, free = asyncio.Event(), asyncio.Event()

    async def slow(tx: Transaction, at: At) -> None:
        entered.set()
        await free.wait()

    async def quick(tx: Transaction, at: At) -> None:
        """Do the same."""

    def saga(do: object) -> Saga:
        return Saga(type="errand", data=Errand, deadline_s=60, steps=(Local(name="only", do=do),))  # type: ignore[arg-type]

    await service.begin("a", saga(slow), paid="")
    (place,) = await claim(service.db, [("errand", 1)], owner="zombie", lease_s=0.1, limit=5)
    zombie = asyncio.create_task(Drive(service.runtime, saga(slow), place, owner="zombie").go_on(lambda: False))
    await entered.wait()
    async with driving(service.engine(saga(quick))):
        await service.until("a", "completed")
    free.set()
    with pytest.raises(Lost):
        await zombie
    assert await service.steps("a") == ["only:do"]
    assert (await service.row("a"))["fence"] == place.fence + 1


async def test_a_lease_is_kept_as_long_as_a_step_takes(service: Errands) -> None:
    saga = errand(timeout_s=2.0, attempts=1)
    pace = Pace(lease_s=0.6, poll_s=0.02)
    async with driving(service.engine(saga, pace=pace), service.engine(saga, pace=pace)):
        await service.begin("a", saga, stall="ship")
        row = await service.until("a", "compensated")
    assert row["fence"] == 1
    assert await service.parcels("a") == {"ship:do": 1, "ship:undo": 1}


async def test_one_goes_on_at_another_replica_when_its_own_stops(service: Errands) -> None:
    engine = service.engine()
    await engine.start()
    await service.begin("a", stall="ship")
    async with asyncio.timeout(90):
        while not await service.parcels("a"):  # noqa: ASYNC110 (what is waited for tells nobody)
            await asyncio.sleep(0.01)
    await engine.stop(0.1)
    row = await service.row("a")
    assert (row["state"], row["owner"], row["attempts"]) == ("running", None, 0)
    saga = errand(timeout_s=1.0, attempts=1)
    async with driving(service.engine(saga)):
        await service.until("a", "compensated")


async def test_many_are_shared_out_and_each_ends(service: Errands) -> None:
    keys = [f"a{number}" for number in range(40)]
    for number, key in enumerate(keys):
        await service.begin(
            key, refuse="note" if number % 3 == 0 else "", fail={"ship:do": 1} if number % 5 == 0 else {}
        )
    async with driving(service.engine(), service.engine()):
        for number, key in enumerate(keys):
            await service.until(key, "compensated" if number % 3 == 0 else "completed")
            effects = await service.effects(key)
            assert len(effects) == len(set(effects))


async def test_figures_tell_what_is_under_way(service: Errands) -> None:
    async with driving(service.engine()):
        await service.begin("a", paid="")
        await service.until("a", "waiting")
        await asyncio.sleep(0.2)
        assert figures() == (1, 0)


async def test_work_goes_on_in_the_name_of_the_request_that_started_it(service: Errands) -> None:
    call = replace(SYSTEM, request_id="request-7", traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01")
    async with service.db.transaction(call) as tx:
        await start(tx, errand(), key="a", data=Errand(refuse="reserve"), subject=Subject("thing", "a"))
    async with driving(service.engine()):
        await service.until("a", "compensated")
    events = await service.announced()
    assert {event["request_id"] for event in events} == {"request-7"}
    assert {event["traceparent"].split("-")[1] for event in events} == {"a" * 32}


@pytest.mark.parametrize("table", ["saga_step", "saga_signal"])
async def test_what_was_done_and_told_never_changes(service: Errands, database_url: str, table: str) -> None:
    async with driving(service.engine()):
        await service.begin("a")
        await service.until("a", "completed")
    connection = await asyncpg.connect(database_url)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(f"UPDATE {table} SET name = 'other'")
    await connection.close()


async def test_the_usual_lease_is_long_enough() -> None:
    assert Pace().lease_s >= 3 * 3
    assert QUICK.lease_s >= 3 * QUICK.poll_s
