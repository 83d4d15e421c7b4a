"""Follows the events of one source for one service: batch by batch, each in one transaction with the position."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import Any, Literal

import structlog
from prometheus_client import Gauge

from nanopore_tracking.kernel import errors, search
from nanopore_tracking.kernel.bus import Bus
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.deadletters import Q
from nanopore_tracking.kernel.handling import TRANSIENT, Handling
from nanopore_tracking.kernel.leader import Seat
from nanopore_tracking.kernel.loops import Loop
from nanopore_tracking.kernel.positions import Sifted, Watermark, sift
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.reader import Interrupted, Reader
from nanopore_tracking.kernel.streams import TRACEPARENT, State, Stored, Stream
from nanopore_tracking.kernel.telemetry import metrics, trace

_HALTED = Gauge(
    "event_bus_halted", "1 while events of a source are missing or contradict what was handled.", ("service", "source")
)
_WAIT_S = 0.5
_PAUSE_S = 1.0
# A message that was lost on the way, or overtaken, is there when it is read again.
_REFETCHES = 2
_LONGEST_HALT_S = 60.0

_log = structlog.get_logger("inbox")

Halt = Literal["missing", "contradiction"]


class _Halted(Exception):
    """The next event cannot be handled: it is not there, or its number stands for another event already."""

    def __init__(self, why: Halt, watermark: Watermark, message: Stored) -> None:
        super().__init__(why)
        self.why = why
        self.watermark = watermark
        self.message = message


class Follower:
    """What one service does with the events of one source, in this process, while it leads."""

    def __init__(self, db: Database, bus: Bus, *, stream: Stream, handling: Handling, seat: Seat, batch: int) -> None:
        """batch: the most events of one transaction."""
        self.source = handling.source
        self.lag = 0
        self.halted: Halt | None = None
        self._db = db
        self._bus = bus
        self._stream = stream
        self._handling = handling
        self._seat = seat
        self._batch = batch
        self._begin_at: int | None = None
        self._halts = 0
        self._overtaker: Stored | None = None
        self._reader: Reader | None = None
        self._gauges = (metrics.LAG.labels(db.name, self.source), _HALTED.labels(db.name, self.source))
        self._loop = Loop(f"{self.source} events in {db.name}", self._follow)

    async def start(self) -> None:
        """Begin; does not wait for anything."""
        self._loop.start()

    async def stop(self, patience_s: float = 5.0) -> None:
        """Finish the batch at hand, within the time, and end."""
        self._loop.stopping.set()
        if self._reader is not None:
            self._reader.hurry()
        await self._loop.stop(patience_s)

    def health(self) -> dict[str, Any]:
        """Return whether this replica follows the source, how many events it is behind, and what is in the way."""
        return {"leads": self._seat.held, "lag": self.lag, "halted": self.halted, "trouble": self._loop.trouble}

    async def _follow(self) -> None:
        """Follow once: until the seat is lost, something fails, or it is time to stop."""
        if not await self._lead():
            return
        await self._db.execute(Q.begin_watermark, source=self.source)
        watermark = await self._watermark()
        place = await self._place(watermark)
        if place is None:
            # The source has not announced anything yet.
            await self._pause(_PAUSE_S)
            return
        reader = self._reader = Reader(self._stream, batch=self._batch)
        try:
            await reader.open(place)
            while self._seat.held and not self._loop.stopping.is_set():
                messages = await reader.take(self._batch, _WAIT_S)
                if messages:
                    watermark = await self._handle(watermark, messages)
                elif self._overtaker is not None:
                    # It stands before the event that it overtook, so that reading on does not come to it.
                    raise _Halted("missing", watermark, self._overtaker)
                self._measure(messages[-1].pending + reader.waiting if messages else 0)
                self._loop.well()
        except _Halted as halt:
            await self._halt(halt)
        finally:
            await reader.close()

    async def _lead(self) -> bool:
        """Wait for the seat; False when it did not come and it is time to look again, or to stop."""
        if not self._seat.held:
            self._measure(0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_WAIT_S):
                    await self._seat.wait()
        if self._seat.held and not await self._bus.wait(_PAUSE_S):
            raise errors.Unavailable("NATS does not answer now; events are handled later.")
        return self._seat.held

    async def _watermark(self) -> Watermark:
        row = await self._db.row(Q.watermark, source=self.source)
        assert row is not None
        return Watermark(row["epoch"], row["sequence"], row["stream_sequence"])

    async def _place(self, watermark: Watermark) -> int | None:
        """Return where to read on in the stream; None without a stream."""
        if self._begin_at is not None:
            return self._begin_at
        state = await self._stream.state()
        return None if state is None else _begin(watermark, state, self.source)

    async def _handle(self, watermark: Watermark, messages: Sequence[Stored]) -> Watermark:
        """Handle what follows the watermark; returns the new one."""
        sifted = sift(watermark, messages)
        for message in sifted.repeated:
            if not await search.same_event(self._stream, watermark, message):
                raise _Halted("contradiction", watermark, message)
        if sifted.watermark != watermark:
            self._tell(watermark, sifted)
            await self._apply(watermark, sifted)
        if sifted.gap is not None:
            raise _Halted("missing", sifted.watermark, sifted.gap)
        if sifted.handled:
            self._over(sifted.watermark)
        return sifted.watermark

    async def _apply(self, watermark: Watermark, sifted: Sifted) -> None:
        concerned = [message for message in sifted.handled if self._handling.concerns(message)]
        began_s = time.perf_counter()
        try:
            outcomes = await self._transact(watermark, sifted, concerned, carefully=False)
        except TRANSIENT:
            raise
        except Exception as failure:  # noqa: BLE001 (whatever a handler raises; which event it was is found out next)
            _log.debug("the batch is handled one by one", source=self.source, reason=repr(failure))
            outcomes = await self._transact(watermark, sifted, concerned, carefully=True)
        metrics.labelled(metrics.PROCESSING_S, self._db.name, self.source).observe(
            time.perf_counter() - began_s,
            trace.exemplar_of(message.headers.get(TRACEPARENT) for message in concerned),
        )
        for message, outcome in zip(concerned, outcomes, strict=True):
            self._count(self._stream.event_type(message.subject), outcome)
        if sifted.dropped:
            self._count("any", "duplicate", sifted.dropped)

    async def _transact(
        self, watermark: Watermark, sifted: Sifted, concerned: Sequence[Stored], *, carefully: bool
    ) -> list[str]:
        async with self._db.transaction(Call.system(self._db.name)) as tx:
            row = await tx.row(Q.lock_watermark, source=self.source)
            if row is None or (row["epoch"], row["sequence"]) != (watermark.epoch, watermark.sequence):
                raise Interrupted("another replica has gone on")
            outcomes: list[str] = []
            if sifted.foreign:
                await self._handling.park_foreign(tx, sifted.foreign)
            if concerned:
                outcomes = await (self._handling.each if carefully else self._handling.all)(tx, concerned)
            await tx.execute(
                Q.move_watermark,
                source=self.source,
                epoch=sifted.watermark.epoch,
                sequence=sifted.watermark.sequence,
                stream_sequence=sifted.watermark.position,
            )
        return outcomes

    def _tell(self, watermark: Watermark, sifted: Sifted) -> None:
        first = sifted.handled[0] if sifted.handled else None
        if first is not None and watermark.untouched and first.sequence > 1:
            _log.error("earlier events are not in the stream any more", source=self.source, begins_with=first.sequence)
        if sifted.handled and sifted.watermark.epoch > watermark.epoch and not watermark.untouched:
            _log.warning("the source has begun a new epoch", source=self.source, epoch=sifted.watermark.epoch)

    async def _halt(self, halt: _Halted) -> None:
        """Read again from the same place; if that does not help, look for the next event elsewhere, or wait."""
        self._halts += 1
        self._begin_at = None
        if halt.why == "missing":
            self._overtaker = halt.message
        if halt.why == "missing" and self._halts <= _REFETCHES:
            return
        missing = halt.why == "missing"
        self._begin_at = await search.next_event(self._stream, halt.watermark, same_epoch=missing)
        if self._begin_at is not None:
            _log.warning("goes on at another place of the stream", source=self.source, position=self._begin_at)
            return
        if self.halted != halt.why:
            _log.error(
                "events are missing in the stream" if missing else "a number stands for two events",
                service=self._db.name,
                source=self.source,
                handled_to=f"{halt.watermark.epoch}:{halt.watermark.sequence}",
                found=f"{halt.message.epoch}:{halt.message.sequence}",
            )
        self.halted = halt.why
        self._gauges[1].set(1)
        await self._pause(min(_LONGEST_HALT_S, 2.0 ** min(10, self._halts - _REFETCHES)))

    def _over(self, watermark: Watermark) -> None:
        """Events follow one another again."""
        self._begin_at, self._halts = None, 0
        if self._overtaker is not None and watermark.covers(self._overtaker):
            self._overtaker = None
        if self.halted is not None:
            _log.info("events go on", service=self._db.name, source=self.source)
            self.halted = None
            self._gauges[1].set(0)

    def _measure(self, lag: int) -> None:
        self.lag = lag
        self._gauges[0].set(lag)

    def _count(self, event_type: str, outcome: str, number: int = 1) -> None:
        metrics.labelled(metrics.EVENTS, self._db.name, "handled", event_type, outcome).inc(number)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._loop.stopping.wait(), seconds)


def _begin(watermark: Watermark, state: State, source: str) -> int:
    """Return where to read on, in a stream that may have forgotten its beginning or may have been made anew."""
    wanted = watermark.position + 1
    if wanted > state.last_seq + 1:
        _log.warning("the stream is younger than what was handled; it is read from its start", source=source)
        return state.first_seq
    return max(wanted, state.first_seq)
