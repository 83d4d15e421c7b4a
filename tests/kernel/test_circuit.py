"""The circuit breaker: opens after failures in a row, lets one caller ask, and counts only what the callee did."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from prometheus_client import REGISTRY

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.circuit import Breaker


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("thing", 3, 30, service="tests", clock=clock)


async def _answers() -> str:
    return "answer"


async def _fails() -> str:
    raise OSError("gone")


async def _refuses() -> str:
    raise errors.Invalid("This is not right.")


async def _fail(breaker: Breaker, times: int, how: Callable[[], Awaitable[str]] = _fails) -> None:
    for _ in range(times):
        with pytest.raises((OSError, errors.Invalid)):
            await breaker.call(how)


def _gauge(name: str = "circuit_breaker_state") -> float | None:
    return REGISTRY.get_sample_value(name, {"service": "tests", "breaker": "thing"})


async def test_a_call_is_passed_through(breaker: Breaker) -> None:
    assert await breaker.call(_answers) == "answer"
    assert _gauge() == 0


async def test_it_opens_after_failures_in_a_row_and_says_when_to_come_back(breaker: Breaker, clock: Clock) -> None:
    await _fail(breaker, 2)
    await breaker.call(_answers)
    await _fail(breaker, 3)
    clock.now_s += 10

    with pytest.raises(errors.Unavailable, match="left alone") as refused:
        await breaker.call(_answers)

    assert refused.value.retry_after_s == 20
    assert breaker.retry_after_s == 20
    assert (breaker.state, _gauge(), _gauge("circuit_breaker_failures")) == ("open", 2, 5)


async def test_an_answer_that_blames_the_caller_is_no_failure(breaker: Breaker) -> None:
    await _fail(breaker, 2)
    await _fail(breaker, 20, _refuses)
    await _fail(breaker, 2)

    assert breaker.state == "closed"


async def test_one_of_many_callers_asks_when_the_time_is_over(breaker: Breaker, clock: Clock) -> None:
    await _fail(breaker, 3)
    clock.now_s += 31
    reached = 0

    async def slow() -> str:
        nonlocal reached
        reached += 1
        assert _gauge() == 1
        await asyncio.sleep(0.01)
        return "answer"

    answers = await asyncio.gather(*(breaker.call(slow) for _ in range(50)), return_exceptions=True)

    assert reached == 1
    assert answers.count("answer") == 1
    assert breaker.state == "closed"


async def test_a_failed_probe_opens_it_anew(breaker: Breaker, clock: Clock) -> None:
    await _fail(breaker, 3)
    clock.now_s += 31
    await _fail(breaker, 1)

    assert (breaker.state, breaker.retry_after_s) == ("open", 30)


async def _cancelled(breaker: Breaker) -> None:
    task = asyncio.create_task(breaker.call(lambda: asyncio.sleep(10)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_caller_that_goes_away_is_no_failure(breaker: Breaker) -> None:
    for _ in range(10):
        await _cancelled(breaker)

    assert breaker.state == "closed"


async def test_a_probe_that_goes_away_leaves_the_next_caller_to_ask(breaker: Breaker, clock: Clock) -> None:
    await _fail(breaker, 3)
    clock.now_s += 31
    await _cancelled(breaker)

    assert await breaker.call(_answers) == "answer"


async def test_a_call_from_before_it_opened_decides_nothing(breaker: Breaker, clock: Clock) -> None:
    began = asyncio.Event()

    async def late() -> str:
        await began.wait()
        return "late"

    task = asyncio.create_task(breaker.call(late))
    await asyncio.sleep(0)
    await _fail(breaker, 3)
    began.set()
    await task

    assert breaker.state == "open"


async def test_a_probe_is_let_through_and_its_answer_is_good_for_all(breaker: Breaker) -> None:
    await _fail(breaker, 3)

    assert await breaker.probe(_answers) == "answer"

    assert (breaker.state, await breaker.call(_answers)) == ("closed", "answer")


async def test_a_probe_that_fails_prolongs_nothing(breaker: Breaker, clock: Clock) -> None:
    await _fail(breaker, 3)
    clock.now_s += 10

    with pytest.raises(OSError, match="gone"):
        await breaker.probe(_fails)

    assert (breaker.state, breaker.retry_after_s) == ("open", 20)
    clock.now_s += 20
    assert await breaker.call(_answers) == "answer"
