"""Sagas as a person sees them: listed page by page, shown with their steps, tried again or cancelled with a reason."""

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Actor
from nanopore_tracking.kernel.sagas import decisions
from tests.harness.errands import Errands, driving, errand, errands

ALICE = Call(actor=Actor("person", "7", "Alice"), request_id="request-1")


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Errands]:
    """The service of errands on a fresh database."""
    async with errands(database_url) as found:
        yield found


async def _retry(service: Errands, saga_id: UUID, reason: str = "The parcel service is back.") -> None:
    async with service.db.transaction(ALICE) as tx:
        await decisions.retry(tx, saga_id, reason)


async def _cancel(service: Errands, saga_id: UUID, reason: str = "It was ordered twice.") -> None:
    async with service.db.transaction(ALICE) as tx:
        await decisions.cancel(tx, saga_id, reason)


async def test_they_are_listed_page_by_page_and_by_state(service: Errands) -> None:
    async with driving(service.engine()):
        await service.begin("done")
        await service.begin("undone", refuse="ship")
        await service.begin("waits", paid="")
        await service.until("done", "completed")
        await service.until("undone", "compensated")
        await service.until("waits", "waiting")

    def keys(items: list[str]) -> list[str]:
        return [json.loads(item)["key"] for item in items]

    first = await decisions.list_sagas(service.db, limit=2)
    second = await decisions.list_sagas(service.db, limit=2, after=first.next)
    assert (keys(first.items), keys(second.items), second.next) == (["waits", "undone"], ["done"], None)
    assert keys((await decisions.list_sagas(service.db, state="open")).items) == ["waits"]
    assert keys((await decisions.list_sagas(service.db, state="compensated", type="errand")).items) == ["undone"]
    assert keys((await decisions.list_sagas(service.db, type="other")).items) == []


async def test_one_is_shown_with_its_steps_and_what_it_was_told(service: Errands) -> None:
    async with driving(service.engine()):
        saga_id = await service.begin("a", fail={"ship:do": 1}, refuse="note")
        await service.until("a", "compensated")
    shown = json.loads(await decisions.show(service.db, saga_id))
    done = [(step["name"], step["phase"], step["attempts"]) for step in shown["steps"]]
    assert done[:4] == [("reserve", "do", 1), ("ship", "do", 2), ("hear", "do", 1), ("book", "do", 1)]
    assert [(name, phase) for name, phase, _ in done[4:]] == [("book", "undo"), ("ship", "undo"), ("reserve", "undo")]
    assert [(told["name"], told["data"]) for told in shown["signals"]] == [("paid", "yes")]
    assert (shown["subject_code"], shown["data"]["refuse"], shown["step_count"]) == ("A", "note", 5)
    with pytest.raises(errors.NotFound):
        await decisions.show(service.db, uuid4())


async def test_one_that_is_stuck_is_undone_when_a_person_says_try_again(service: Errands) -> None:
    saga = errand(undo_attempts=2)
    async with driving(service.engine(saga)):
        saga_id = await service.begin("a", saga, refuse="note", fail={"ship:undo": 2})
        await service.until("a", "stuck")
        # What failed twice does not fail a third time, but is counted from one again: a longer patience is declared.
    async with driving(service.engine(errand(undo_attempts=5))):
        await asyncio.sleep(0.1)
        assert (await service.row("a"))["state"] == "stuck"
        await _retry(service, saga_id)
        await service.until("a", "compensated")
    assert (await service.steps("a"))[-3:] == ["book:undo", "ship:undo", "reserve:undo"]
    retried = next(event for event in await service.announced() if event["type"] == "saga.retried")
    assert (retried["actor"]["name"], retried["data"]["reason"]) == ("Alice", "The parcel service is back.")
    assert retried["changes"] == [{"field": "state", "before": "stuck", "after": "compensating"}]


async def test_a_step_that_failed_is_tried_again_without_its_pause(service: Errands) -> None:
    saga = errand(first_delay_s=60.0)
    async with driving(service.engine(saga)):
        saga_id = await service.begin("a", saga, fail={"ship:do": 1})
        async with asyncio.timeout(90):
            while not (await service.row("a"))["attempts"]:  # noqa: ASYNC110 (what is waited for tells nobody)
                await asyncio.sleep(0.01)
        await _retry(service, saga_id)
        await service.until("a", "completed")


async def test_one_that_is_cancelled_is_undone(service: Errands) -> None:
    async with driving(service.engine()):
        saga_id = await service.begin("a", paid="")
        await service.until("a", "waiting")
        await _cancel(service, saga_id)
        row = await service.until("a", "compensated")
    assert (row["cause"], row["cancelled_by"]) == ("It was cancelled: It was ordered twice.", "Alice (7)")
    assert await service.steps("a") == ["reserve:do", "ship:do", "ship:undo", "reserve:undo"]
    assert [event["type"] for event in await service.announced()] == [
        "saga.started",
        "saga.cancelled",
        "saga.compensation_started",
        "saga.compensated",
    ]


async def test_one_that_is_being_driven_is_cancelled_after_the_step_at_hand(service: Errands) -> None:
    async with driving(service.engine(errand(timeout_s=1.0, attempts=99))):
        saga_id = await service.begin("a", stall="ship")
        async with asyncio.timeout(90):
            while not await service.parcels("a"):  # noqa: ASYNC110 (what is waited for tells nobody)
                await asyncio.sleep(0.01)
        await _cancel(service, saga_id)
        row = await service.until("a", "compensated")
    assert row["fence"] <= 3
    assert await service.steps("a") == ["reserve:do", "ship:undo", "reserve:undo"]


async def test_what_is_over_or_being_undone_or_does_not_fail_is_told_so(service: Errands) -> None:
    async with driving(service.engine(errand(undo_attempts=1))):
        done = await service.begin("done")
        waits = await service.begin("waits", paid="")
        stuck = await service.begin("stuck", refuse="book", fail={"ship:undo": 9})
        await service.until("done", "completed")
        await service.until("waits", "waiting")
        await service.until("stuck", "stuck")
    for decide in (_retry, _cancel):
        with pytest.raises(errors.Conflict, match="over"):
            await decide(service, done)
        with pytest.raises(errors.NotFound):
            await decide(service, uuid4())
        with pytest.raises(errors.Invalid, match="why"):
            await decide(service, waits, "  ")
    with pytest.raises(errors.Conflict, match="Nothing of this saga failed"):
        await _retry(service, waits)
    with pytest.raises(errors.Conflict, match="being undone already"):
        await _cancel(service, stuck)
