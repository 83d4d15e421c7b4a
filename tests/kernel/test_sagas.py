"""Sagas: done step by step or undone in reverse order, whatever fails."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.sagas import start, tell
from nanopore_tracking.kernel.transactions import Transaction
from tests.harness.errands import STEPS, Errand, Errands, driving, errand, errands, figures
from tests.harness.things import run

DONE = [f"{step}:do" for step in STEPS]
SYSTEM = Call.system("errands")


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Errands]:
    """The service of errands on a fresh database."""
    async with errands(database_url) as found:
        yield found


async def test_one_is_done_step_by_step(service: Errands) -> None:
    async with driving(service.engine()):
        await service.begin("a")
        row = await service.until("a", "completed")
    assert await service.steps("a") == DONE
    assert await service.effects("a") == ["reserve:do", "book:do", "note:do"]
    assert await service.parcels("a") == {"ship:do": 1}
    assert (row["step"], row["owner"], row["lease_until"], row["error"]) == (len(STEPS), None, None, "")


async def test_one_is_started_only_with_the_transaction_that_needs_it(service: Errands) -> None:
    async def start_and_refuse(tx: Transaction) -> None:
        await start(tx, errand(), key="a", data=Errand(), subject=Subject("thing", "a"))
        raise errors.Conflict("Not today.")

    with pytest.raises(errors.Conflict):
        await run(service.db, start_and_refuse)
    first = await service.begin("b")
    async with service.db.transaction(SYSTEM) as tx:
        again = await start(tx, errand(), key="b", data=Errand(), subject=Subject("thing", "b"))
    assert first == again
    assert [event["type"] for event in await service.announced()] == ["saga.started"]


async def test_what_is_refused_is_undone_in_reverse_order(service: Errands) -> None:
    async with driving(service.engine()):
        await service.begin("a", refuse="note")
        row = await service.until("a", "compensated")
    undone = ["book:undo", "ship:undo", "reserve:undo"]
    assert await service.steps("a") == [*DONE[:4], *undone]
    assert await service.effects("a") == ["reserve:do", "book:do", "book:undo", "reserve:undo"]
    assert "note is not allowed" in row["cause"]
    types = [event["type"] for event in await service.announced()]
    assert types == ["saga.started", "saga.compensation_started", "saga.compensated"]


async def test_a_refused_local_step_has_no_effect_and_a_refused_remote_one_is_undone_too(service: Errands) -> None:
    async with driving(service.engine()):
        await service.begin("local", refuse="reserve")
        await service.begin("remote", refuse="ship")
        await service.until("local", "compensated")
        await service.until("remote", "compensated")
    assert await service.effects("local") == []
    assert await service.steps("local") == []
    assert await service.steps("remote") == ["reserve:do", "ship:undo", "reserve:undo"]
    assert await service.parcels("remote") == {"ship:do": 1, "ship:undo": 1}


@pytest.mark.parametrize("step", ["reserve", "ship", "book"])
async def test_what_fails_now_and_then_is_tried_again_with_no_effect_twice(service: Errands, step: str) -> None:
    async with driving(service.engine()):
        await service.begin("a", fail={f"{step}:do": 2})
        await service.until("a", "completed")
    assert await service.steps("a") == DONE
    assert await service.effects("a") == ["reserve:do", "book:do", "note:do"]
    assert await service.parcels("a") == {"ship:do": 3 if step == "ship" else 1}


async def test_what_fails_too_often_is_undone(service: Errands) -> None:
    async with driving(service.engine()):
        await service.begin("a", fail={"ship:do": 3})
        row = await service.until("a", "compensated")
    assert await service.steps("a") == ["reserve:do", "ship:undo", "reserve:undo"]
    assert "RuntimeError: ship does not work now" in row["cause"]


async def test_pauses_grow_up_to_a_limit() -> None:
    step = replace(errand().steps[0], first_delay_s=1.0, longest_delay_s=10.0)
    assert [step.pause_s(number) for number in (1, 2, 3, 4, 5, 500)] == [1, 2, 4, 8, 10, 10]


async def test_one_waits_for_a_signal_that_is_told_by_a_transaction(service: Errands) -> None:
    async def tell_and_refuse(tx: Transaction) -> None:
        assert await tell(tx, "errand", key="a", signal="paid", data="yes")
        raise errors.Conflict("Not today.")

    async with driving(service.engine()):
        await service.begin("a", paid="")
        await service.until("a", "waiting")
        with pytest.raises(errors.Conflict):
            await run(service.db, tell_and_refuse)
        await asyncio.sleep(0.1)
        assert (await service.row("a"))["state"] == "waiting"
        async with service.db.transaction(SYSTEM) as tx:
            assert await tell(tx, "errand", key="a", signal="paid", data="yes")
            assert not await tell(tx, "errand", key="a", signal="paid", data="no")
        await service.until("a", "completed")
        async with service.db.transaction(SYSTEM) as tx:
            assert not await tell(tx, "errand", key="a", signal="paid", data="yes")
            assert not await tell(tx, "errand", key="nobody", signal="paid")


async def test_no_signal_is_missed_that_comes_while_one_begins_to_wait(service: Errands) -> None:
    keys = [f"a{number}" for number in range(20)]

    async def told(key: str) -> None:
        while (await service.row(key))["step"] < 1:  # noqa: ASYNC110 (what is waited for tells nobody)
            await asyncio.sleep(0)
        async with service.db.transaction(SYSTEM) as tx:
            assert await tell(tx, "errand", key=key, signal="paid", data="yes")

    async with driving(service.engine(), service.engine()):
        for key in keys:
            await service.begin(key, paid="")
        await asyncio.gather(*map(told, keys))
        for key in keys:
            await service.until(key, "completed")


async def test_what_is_told_can_refuse(service: Errands) -> None:
    async with driving(service.engine()):
        await service.begin("a", paid="no")
        row = await service.until("a", "compensated")
    assert await service.steps("a") == ["reserve:do", "ship:do", "ship:undo", "reserve:undo"]
    assert "It is not paid." in row["cause"]


async def test_one_that_is_not_told_in_time_is_undone(service: Errands) -> None:
    saga = errand(wait_s=0.3)
    async with driving(service.engine(saga)):
        await service.begin("a", saga, paid="")
        await service.until("a", "waiting")
        row = await service.until("a", "compensated")
    assert await service.steps("a") == ["reserve:do", "ship:do", "ship:undo", "reserve:undo"]
    assert row["cause"] == "hear: It was not told paid in time."


@pytest.mark.parametrize(
    ("step", "left"),
    [("ship", ["reserve:do", "ship:undo", "reserve:undo"]), ("reserve", [])],
)
async def test_a_step_that_takes_too_long_is_undone_with_those_before(
    service: Errands, step: str, left: list[str]
) -> None:
    saga = errand(timeout_s=0.7, attempts=2)
    async with driving(service.engine(saga)):
        await service.begin("a", saga, stall=step)
        row = await service.until("a", "compensated")
    assert await service.steps("a") == left
    assert f"{step}: TimeoutError: It took longer than 0.7 seconds." in row["cause"]


async def test_one_that_cannot_be_undone_is_stuck_until_a_person_says_try_again(service: Errands) -> None:
    async with driving(service.engine(errand(undo_attempts=2))):
        await service.begin("a", refuse="note", fail={"book:undo": 99})
        row = await service.until("a", "stuck")
        await asyncio.sleep(0.2)
        assert figures() == (0, 1)
    assert "book: RuntimeError: book does not work now" in row["error"]
    assert await service.steps("a") == DONE[:4]
    assert (await service.announced())[-1]["type"] == "saga.got_stuck"


async def test_one_that_is_not_done_by_its_deadline_is_undone(service: Errands) -> None:
    saga = errand(deadline_s=0.5)
    async with driving(service.engine(saga)):
        await service.begin("waits", saga, paid="")
        await service.begin("fails", replace(saga, steps=saga.steps), fail={"ship:do": 99})
        waits = await service.until("waits", "compensated")
        await service.until("fails", "compensated")
    assert await service.steps("waits") == ["reserve:do", "ship:do", "ship:undo", "reserve:undo"]
    assert waits["ended_at"] >= waits["deadline_at"]
