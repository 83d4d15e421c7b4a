"""Jobs: run by the clock, woken when there is something to do, and never ended by a failure."""

import asyncio
from collections.abc import Awaitable, Callable

from prometheus_client import REGISTRY

from nanopore_tracking.kernel.jobs import Jobs
from nanopore_tracking.kernel.leader import Seat
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.wakes import Wakes

LONG_S = 3600.0


def runtime() -> Runtime:
    return Runtime("things", settings=None, kernel=KernelSettings())


def made(place: Runtime, *jobs: Job, seat: Seat | None = None) -> tuple[Jobs, Wakes]:
    wakes = Wakes("things", {job.name: job.everywhere for job in jobs}, seat=seat)
    return Jobs(place, jobs, wakes), wakes


def job(run: Callable[[Runtime], Awaitable[None]], *, interval_s: float = LONG_S, everywhere: bool = False) -> Job:
    return Job(name="count", interval_s=interval_s, run=run, everywhere=everywhere)


async def until(told: Callable[[], bool]) -> None:
    async with asyncio.timeout(90):
        while not told():  # noqa: ASYNC110 (what is waited for tells nobody)
            await asyncio.sleep(0.005)


async def test_a_job_goes_on_after_a_failure_and_can_be_woken() -> None:
    place, runs = runtime(), []

    async def count(given: Runtime) -> None:
        runs.append(given)
        if len(runs) == 1:
            raise RuntimeError("broken")

    jobs, wakes = made(place, job(count))
    jobs.start()
    await until(lambda: len(runs) == 1)
    wakes.wake("count")
    await until(lambda: len(runs) == 2)
    await asyncio.sleep(0.05)
    assert runs == [place, place]
    place.stopping = True
    await jobs.stop(1)


async def test_runs_are_counted_from_nought_so_that_the_first_failure_is_seen() -> None:
    def counted(outcome: str) -> float | None:
        labels = {"service": "things", "job_name": "break", "outcome": outcome}
        return REGISTRY.get_sample_value("job_runs_total", labels)

    async def fail(_: Runtime) -> None:
        assert (counted("done"), counted("failed")) == (0, 0)
        raise RuntimeError("broken")

    jobs, _ = made(runtime(), Job(name="break", interval_s=LONG_S, run=fail))
    jobs.start()
    await until(lambda: counted("failed") == 1)
    assert counted("done") == 0
    await jobs.stop(1)


async def test_a_job_runs_again_after_its_interval() -> None:
    place, runs = runtime(), []

    async def count(_: Runtime) -> None:
        runs.append(1)

    jobs, _ = made(place, job(count, interval_s=0.01))
    jobs.start()
    await until(lambda: len(runs) > 3)
    await jobs.stop(1)


async def test_only_the_leading_replica_runs_a_job_unless_it_is_for_all() -> None:
    place, seat, runs = runtime(), Seat("jobs"), []

    async def count(_: Runtime) -> None:
        runs.append("led")

    async def everywhere(_: Runtime) -> None:
        runs.append("everywhere")

    all_run = Job(name="all", interval_s=LONG_S, run=everywhere, everywhere=True)
    jobs, wakes = made(place, job(count), all_run, seat=seat)
    jobs.start()
    await until(lambda: bool(runs))
    wakes.wake("count")
    await asyncio.sleep(0.05)
    assert (runs, wakes.runs_here("count"), wakes.runs_here("all")) == (["everywhere"], False, True)
    seat.give()
    await until(lambda: len(runs) == 2)
    assert runs == ["everywhere", "led"]
    await jobs.stop(1)


async def test_a_run_is_finished_before_the_end_if_it_ends_in_time() -> None:
    place, ends = runtime(), []

    async def slow(_: Runtime) -> None:
        await asyncio.sleep(0.2)
        ends.append("finished")

    async def endless(_: Runtime) -> None:
        try:
            await asyncio.sleep(LONG_S)
        except asyncio.CancelledError:
            ends.append("cancelled")
            raise

    for run, patience_s, ending in ((slow, 2.0, "finished"), (endless, 0.1, "cancelled")):
        jobs, _ = made(place, job(run))
        jobs.start()
        await asyncio.sleep(0.02)
        place.stopping = True
        await jobs.stop(patience_s)
        assert ends[-1] == ending
        place.stopping = False
