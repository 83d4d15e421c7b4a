"""Circuit breakers: what does not answer is left alone for a while, then asked again by one caller first."""

import math
import time
from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.telemetry import metrics

State = Literal["closed", "half_open", "open"]

_NUMBERS: dict[State, int] = {"closed": 0, "half_open": 1, "open": 2}
_T = TypeVar("_T")


class Breaker:
    """Guards calls to one thing outside of this process.

    It opens after so many failures in a row; then calls are refused at once, for open_s seconds. After them a single
    call is let through, and how it ends decides for all; a probe, which has a slow pace of its own, is let through
    before. A caller that goes away, and an answer that puts the blame on the caller (an error of the kinds 4xx), are no
    failures.
    """

    def __init__(
        self,
        name: str,
        failures: int = 5,
        open_s: float = 30.0,
        *,
        service: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """name: what is called, as metrics and messages tell it. service: who calls. clock: seconds."""
        self.name = name
        self._limit = failures
        self._open_s = open_s
        self._clock = clock
        self._state: State = "closed"
        self._in_a_row = 0
        self._opened_at_s = 0.0
        self._gauge = metrics.BREAKER_STATE.labels(service, name)
        self._failures = metrics.BREAKER_FAILURES.labels(service, name)
        self._gauge.set(0)
        self._failures.set(0)

    @property
    def state(self) -> State:
        """`closed`: calls pass; `open`: they are refused; `half_open`: one is under way that decides."""
        return self._state

    @property
    def retry_after_s(self) -> float:
        """Seconds until a call may pass again; 0 when it may now."""
        if self._state == "closed":
            return 0.0
        return max(0.0, self._opened_at_s + self._open_s - self._clock())

    async def call(self, fn: Callable[[], Awaitable[_T]]) -> _T:
        """Return what fn returns; raise what it raises, or Unavailable at once when the breaker is open."""
        return await self._through(fn, probing=self._enter(self.retry_after_s))

    async def probe(self, fn: Callable[[], Awaitable[_T]]) -> _T:
        """As `call`, and let through while the breaker is open: for who asks once in a while whether it answers again.

        An answer closes the breaker for all; a failure opens it no longer than it would be.
        """
        return await self._through(fn, probing=self._enter(0.0))

    async def _through(self, fn: Callable[[], Awaitable[_T]], *, probing: bool) -> _T:
        try:
            answer = await fn()
        except Exception as failure:
            self._leave(probing=probing, failed=_is_failure(failure))
            raise
        except BaseException:
            if probing:
                # The caller went away and nothing was learned: the next one may ask.
                self._set("open")
            raise
        self._leave(probing=probing, failed=False)
        return answer

    def _enter(self, wait_s: float) -> bool:
        """Let a call pass or raise Unavailable; True for the one that decides. wait_s: how long it has to wait yet."""
        if self._state == "closed":
            return False
        if self._state == "half_open" or wait_s > 0:
            raise errors.Unavailable(
                f"{self.name} did not answer several times and is left alone for a moment. Nothing was sent to it; "
                "try again later.",
                type="circuit-open",
                retry_after_s=max(1, math.ceil(wait_s)),
            )
        self._set("half_open")
        return True

    def _leave(self, *, probing: bool, failed: bool) -> None:
        if failed:
            self._failures.inc()
        if probing:
            self._in_a_row = 0
            self._set("open" if failed else "closed", anew=self.retry_after_s == 0)
        elif self._state == "closed":
            # Calls that began before it opened decide nothing any more.
            self._in_a_row = self._in_a_row + 1 if failed else 0
            if self._in_a_row >= self._limit:
                self._in_a_row = 0
                self._set("open", anew=True)

    def _set(self, state: State, *, anew: bool = False) -> None:
        """anew: whether the time of being open starts now."""
        if anew:
            self._opened_at_s = self._clock()
        self._state = state
        self._gauge.set(_NUMBERS[state])


def _is_failure(failure: Exception) -> bool:
    return not (isinstance(failure, errors.Problem) and failure.status < 500)
