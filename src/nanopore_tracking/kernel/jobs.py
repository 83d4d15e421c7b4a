"""Runs what a service does by the clock: on the leading replica, unless it is shared out; a failure ends no job."""

import asyncio
import contextlib
import time
from collections.abc import Sequence

import structlog
from prometheus_client import Counter, Histogram

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.kernel.telemetry import conventions, trace
from nanopore_tracking.kernel.wakes import Wakes

_RUNS = Counter("job_runs_total", "Runs of jobs by outcome.", ("service", "job_name", "outcome"))
_SECONDS = Histogram("job_duration_seconds", "Time of one run of a job.", ("service", "job_name"))
_log = structlog.get_logger("jobs")


class Jobs:
    """The jobs of one service in this process."""

    def __init__(self, runtime: Runtime, jobs: Sequence[Job], wakes: Wakes) -> None:
        self._runtime = runtime
        self._jobs = {job.name: job for job in jobs}
        self._wakes = wakes
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._running: set[str] = set()

    def start(self) -> None:
        """Start the clock of every job; the first run is at once."""
        for name, job in self._jobs.items():
            for outcome in ("done", "failed"):
                # A counter that begins with its first failure hides it: nothing was counted before to compare with.
                _RUNS.labels(self._runtime.name, name, outcome)
            self._tasks[name] = asyncio.create_task(self._keep_running(job), name=f"job {name}")

    async def stop(self, patience_s: float) -> None:
        """Let running jobs finish within the time, then cancel them. The runtime says before that it is stopping."""
        tasks, self._tasks = self._tasks, {}
        busy = [task for name, task in tasks.items() if name in self._running]
        for name, task in tasks.items():
            if name in self._running:
                self._wakes.wake_here(name)  # It ends after this run instead of waiting for the next.
            else:
                task.cancel()
        if busy:
            await asyncio.wait(busy, timeout=patience_s)
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _keep_running(self, job: Job) -> None:
        wanted, seat = self._wakes.wanted(job.name), None if job.everywhere else self._wakes.seat
        while not self._runtime.stopping:
            if seat is not None:
                await seat.wait()
            wanted.clear()
            await self._run(job)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wanted.wait(), job.interval_s)

    async def _run(self, job: Job) -> None:
        service = self._runtime.name
        started_s = time.perf_counter()
        self._running.add(job.name)
        with conventions.working(service, job.name):
            try:
                await job.run(self._runtime)
            except Exception as failure:  # noqa: BLE001 (this is the edge of a job: its failure is told and the next run is awaited)
                trace.failed(failure)
                _RUNS.labels(service, job.name, "failed").inc()
                _log.exception("job failed", service=service, job=job.name)
            else:
                _RUNS.labels(service, job.name, "done").inc()
                _SECONDS.labels(service, job.name).observe(time.perf_counter() - started_s, trace.exemplar())
            finally:
                self._running.discard(job.name)
