"""Work that goes on in the background until it is told to stop, through whatever happens to what it needs."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from nanopore_tracking.kernel import errors

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 2.0
_CALM_S = 10.0

_log = structlog.get_logger("loops")


class Loop:
    """Runs something again and again; a failure is told, and after a pause it begins anew."""

    def __init__(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """run: one round; it waits by itself when there is nothing to do, and returns soon when `stopping` is set."""
        self.name = name
        self.stopping = asyncio.Event()
        self.trouble: str | None = None
        self._run = run
        self._task: asyncio.Task[None] | None = None
        self._pause_s = _FIRST_PAUSE_S

    def start(self) -> None:
        """Begin."""
        self.stopping.clear()
        self._task = asyncio.create_task(self._go_on(), name=self.name)

    async def stop(self, patience_s: float = 5.0) -> None:
        """Let the present round come to its end within the time, then cancel it."""
        self.stopping.set()
        if self._task is None:
            return
        task, self._task = self._task, None
        await asyncio.wait([task], timeout=patience_s)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def well(self) -> None:
        """Say that a round got somewhere: what went wrong before is over."""
        if self.trouble is not None:
            _log.info("goes on", loop=self.name)
        self.trouble = None
        self._pause_s = _FIRST_PAUSE_S

    async def _go_on(self) -> None:
        while not self.stopping.is_set():
            began_s = asyncio.get_running_loop().time()
            try:
                await self._run()
            except errors.Unavailable as problem:
                self._tell(problem)
            except Exception as failure:  # noqa: BLE001 (this is the edge of a loop: it must never end by an error)
                _log.exception("a loop failed and begins anew", loop=self.name)
                self.trouble = repr(failure)
            else:
                continue
            if asyncio.get_running_loop().time() - began_s > _CALM_S:
                self._pause_s = _FIRST_PAUSE_S
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), self._pause_s)
            self._pause_s = min(_LONGEST_PAUSE_S, self._pause_s * 2)

    def _tell(self, problem: errors.Unavailable) -> None:
        """Tell trouble once, not each time that it is met again."""
        if self.trouble is None:
            _log.warning("waits for what it needs", loop=self.name, reason=problem.message)
        self.trouble = problem.message
