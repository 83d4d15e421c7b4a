"""What changed in a service, for people who look at it now: follows the service's own events from now on.

Unlike an inbox it promises nothing: who was away for too long is told to read everything again.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.bus import Bus
from nanopore_tracking.kernel.loops import Loop
from nanopore_tracking.kernel.reader import Reader
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.streams import Stored, Stream

_KEPT = 5000
_BATCH = 200
_WAIT_S = 1.0


class Item(msgspec.Struct, frozen=True):
    """One change. sequence: what a reader names when it comes back; type: of the event; kind, id, code: its subject."""

    sequence: int
    type: str
    kind: str
    id: str
    code: str | None
    tenant_id: UUID | None


class Resync(msgspec.Struct, frozen=True):
    """Changes may have been missed: the reader has to read everything again. sequence: of the latest known change."""

    sequence: int


class _Subject(msgspec.Struct, frozen=True):
    kind: str
    id: str
    code: str | None = None


class _Head(msgspec.Struct, frozen=True):
    """What is needed of an envelope."""

    type: str
    subject: _Subject
    tenant_id: UUID | None = None


_heads = msgspec.json.Decoder(_Head)


class Feed:
    """The latest changes of one service, for all who follow them in this process; it reads as soon as somebody does."""

    def __init__(self, service: str, bus: Bus, settings: KernelSettings, *, kept: int = _KEPT) -> None:
        """kept: how many changes a follower may miss."""
        self._stream = Stream(bus, service, settings)
        self._bus = bus
        self._kept: deque[Item] = deque(maxlen=kept)
        # What was kept in total; the first one that is still there has the number _total - len(_kept).
        self._total = 0
        self._epoch = 0
        self._last = 0
        self._position: int | None = None
        self._breaks = 0
        self._reader: Reader | None = None
        self._news = asyncio.Event()
        self._followed = asyncio.Event()
        self._ready = asyncio.Event()
        self._loop = Loop(f"feed of {service}", self._read)

    async def start(self) -> None:
        """Be ready to be followed."""
        self._loop.start()

    async def stop(self) -> None:
        """End; all followers come to their end as well."""
        self._loop.stopping.set()
        self._followed.set()
        if self._reader is not None:
            self._reader.hurry()
        self._tell()
        await self._loop.stop(_WAIT_S * 2)

    async def begin(self, patience_s: float) -> None:
        """Begin to read, and wait until nothing that comes from now on is missed, but not longer than patience_s."""
        self._followed.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._started()

    @property
    def position(self) -> int | None:
        """The latest change that is known here: what is read from now on has it, and all before it.

        None while nobody follows.
        """
        return self._last if self._ready.is_set() else None

    async def follow(self, last_event_id: int | None, visible: Callable[[Item], bool]) -> AsyncIterator[Item | Resync]:
        """Yield the changes after the one with that sequence that are visible; of all to come for None.

        Yields Resync where it is not known what was missed; the changes after it follow.
        """
        self._followed.set()
        await self._started()
        place, breaks = self._total, self._breaks
        if last_event_id is not None:
            found = self._after(last_event_id)
            if found is None:
                yield Resync(self._last)
            else:
                place = found
        while not self._loop.stopping.is_set():
            if self._breaks != breaks or place < self._total - len(self._kept):
                place, breaks = self._total, self._breaks
                yield Resync(self._last)
            while place < self._total and place >= self._total - len(self._kept):
                item = self._kept[place - (self._total - len(self._kept))]
                place += 1
                if visible(item):
                    yield item
            news = self._news
            if place >= self._total and self._breaks == breaks and not self._loop.stopping.is_set():
                await news.wait()

    async def _started(self) -> None:
        """Wait until nothing can be missed any more, or the feed ends; without NATS, until it is there."""
        while not self._ready.is_set() and not self._loop.stopping.is_set():
            await self._news.wait()

    def _after(self, sequence: int) -> int | None:
        """Return the place of the first change after that sequence; None when it is not known what was missed."""
        if sequence == self._last:
            return self._total
        if not self._kept or not self._kept[0].sequence - 1 <= sequence < self._last:
            return None
        first = self._total - len(self._kept)
        return first + next(number for number, item in enumerate(self._kept) if item.sequence > sequence)

    async def _read(self) -> None:
        if not self._followed.is_set():
            await self._followed.wait()
        if self._loop.stopping.is_set():
            return
        if not await self._bus.wait(_WAIT_S):
            raise errors.Unavailable("NATS does not answer now; changes are told later.")
        reader = self._reader = Reader(self._stream, batch=_BATCH)
        try:
            await reader.open(await self._place())
            self._ready.set()
            self._tell()
            while not self._loop.stopping.is_set():
                messages = await reader.take(_BATCH, _WAIT_S)
                for message in messages:
                    self._keep(message)
                if messages:
                    self._tell()
                self._loop.well()
        finally:
            await reader.close()

    async def _place(self) -> int:
        """Return where to read on; what cannot be read any more is told as missed."""
        state = await self._stream.ensure()
        if self._position is None:
            last = await self._stream.last()
            if last is not None:
                self._epoch, self._last = last.epoch, last.sequence
            self._position = state.last_seq if last is None else last.position
        elif self._position > state.last_seq or self._position < state.first_seq - 1:
            self._position = state.last_seq
            self._break()
        return self._position + 1

    def _keep(self, message: Stored) -> None:
        self._position = message.position
        if message.epoch < self._epoch or (message.epoch == self._epoch and message.sequence <= self._last):
            return
        if message.epoch > self._epoch > 0:
            # The numbers begin again; those that readers remember say nothing any more.
            self._break()
        self._epoch, self._last = message.epoch, message.sequence
        try:
            head = _heads.decode(message.payload)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return
        subject = head.subject
        self._kept.append(Item(message.sequence, head.type, subject.kind, subject.id, subject.code, head.tenant_id))
        self._total += 1

    def _break(self) -> None:
        self._kept.clear()
        self._breaks += 1
        self._tell()

    def _tell(self) -> None:
        """Wake everybody who waits for news now."""
        news, self._news = self._news, asyncio.Event()
        news.set()
