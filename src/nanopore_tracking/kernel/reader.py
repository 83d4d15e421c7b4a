"""Reads a stream in its order from a position: one pull request is always open, and any trouble ends the reading.

Nothing is acknowledged and nothing is delivered twice: where to go on is known by who reads, not by the server.
"""

import asyncio
import contextlib
from collections import deque
from typing import Any

import msgspec
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.bus import Bus
from nanopore_tracking.kernel.streams import Stored, Stream

_NANOSECONDS = 1_000_000_000
_EXPIRES_S = 30
_HEARTBEAT_S = 2
# Two missed heartbeats and a little.
_SILENCE_S = 2 * _HEARTBEAT_S + 0.5
# How long the server keeps a reading that nobody continues.
_FORGOTTEN_S = 30


class Interrupted(errors.Unavailable):
    """The reading cannot go on; a new one has to begin after the last message that was taken."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"Reading the event bus was interrupted: {why}. Nothing is lost; it is read again.")


class _Made(msgspec.Struct, frozen=True):
    name: str = ""
    error: dict[str, Any] | None = None


class Reader:
    """One reading of a stream; of use until Interrupted is raised or it is closed."""

    def __init__(self, stream: Stream, *, batch: int) -> None:
        """batch: how many messages are asked for at once; at most twice as many wait here."""
        self._stream = stream
        self._bus: Bus = stream.bus
        self._batch = batch
        self._inbox = ""
        self._consumer = ""
        self._subscription: Subscription | None = None
        self._waiting: deque[Stored] = deque()
        self._news = asyncio.Event()
        self._asked = 0
        self._pull = 0
        self._heard_s = 0.0
        self._delivered = 0
        self._trouble: str | None = None
        self._connections = 0
        self._hurried = False

    @property
    def waiting(self) -> int:
        """How many messages have come and were not taken."""
        return len(self._waiting)

    async def open(self, position: int | None) -> None:
        """Begin at the position in the stream (1 is the first there ever was); None for what is to come."""
        self._connections = self._bus.connections
        self._inbox = self._bus.new_inbox()
        self._subscription = await self._bus.subscribe(f"{self._inbox}.*", self._received)
        begin = (
            {"deliver_policy": "new"}
            if position is None
            else {"deliver_policy": "by_start_sequence", "opt_start_seq": max(1, position)}
        )
        config = begin | {
            "ack_policy": "none",
            "replay_policy": "instant",
            "inactive_threshold": _FORGOTTEN_S * _NANOSECONDS,
            "mem_storage": True,
            "num_replicas": 1,
            "max_waiting": 16,
        }
        body = msgspec.json.encode({"stream_name": self._stream.name, "config": config})
        answer = await self._bus.request(f"$JS.API.CONSUMER.CREATE.{self._stream.name}", body)
        made = msgspec.json.decode(answer, type=_Made)
        if made.error is not None or not made.name:
            raise Interrupted(str((made.error or {}).get("description", "no reading was begun")))
        self._consumer = made.name
        await self._ask()

    async def close(self) -> None:
        """End the reading; the server is told, and would forget it anyway."""
        if self._subscription is not None:
            await self._bus.unsubscribe(self._subscription)
            self._subscription = None
        if self._consumer and self._bus.connected:
            with contextlib.suppress(errors.Unavailable):
                await self._bus.send(f"$JS.API.CONSUMER.DELETE.{self._stream.name}.{self._consumer}")
        self._consumer = ""

    async def take(self, most: int, wait_s: float) -> list[Stored]:
        """Return what has come, at most so many, as soon as there is something; nothing after so many seconds."""
        until_s = _now_s() + wait_s
        while not self._waiting:
            self._check()
            left_s = until_s - _now_s()
            if left_s <= 0 or self._hurried:
                return []
            if self._asked <= 0:
                await self._ask()
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left_s, 1.0)):
                    await self._news.wait()
        taken = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
        if self._asked + len(self._waiting) < self._batch and self._trouble is None:
            # The next ones come while these are being handled.
            with contextlib.suppress(errors.Unavailable):
                await self._ask()
        return taken

    def hurry(self) -> None:
        """Let `take` return at once from now on, with what has come."""
        self._hurried = True
        self._news.set()

    def _check(self) -> None:
        if self._bus.connections != self._connections or not self._bus.connected:
            self._trouble = "the connection was lost"
        elif self._trouble is None and self._asked > 0 and _now_s() - self._heard_s > _SILENCE_S:
            self._trouble = "the server fell silent"
        if self._trouble is not None:
            raise Interrupted(self._trouble)

    async def _ask(self) -> None:
        self._pull += 1
        self._asked = self._batch
        self._heard_s = _now_s()
        request = {
            "batch": self._batch,
            "expires": _EXPIRES_S * _NANOSECONDS,
            "idle_heartbeat": _HEARTBEAT_S * _NANOSECONDS,
        }
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream.name}.{self._consumer}"
        await self._bus.send(subject, msgspec.json.encode(request), reply=f"{self._inbox}.{self._pull}")

    async def _received(self, message: Msg) -> None:
        self._heard_s = _now_s()
        headers = message.headers or {}
        status = headers.get("Status")
        if status is None or message.data:
            self._keep(message, headers)
        elif status != "100" and message.subject.rpartition(".")[2] == str(self._pull):
            self._over(status, headers.get("Description", ""))
        self._news.set()

    def _keep(self, message: Msg, headers: dict[str, str]) -> None:
        place = _place(message.reply)
        if place is None:
            return
        position, number, pending = place
        if number != self._delivered + 1:
            self._trouble = self._trouble or "a message was lost on the way"
        if self._trouble is not None:
            return
        self._delivered = number
        self._asked -= 1
        self._waiting.append(Stored(message.subject, position, headers, message.data, pending))

    def _over(self, status: str, description: str) -> None:
        """The open request has come to its end: by its time, or because the reading is no more."""
        self._asked = 0
        if status in {"404", "408"} or (status == "409" and "exceeded" in description.lower()):
            return
        self._trouble = description or f"status {status}"


def _place(reply: str) -> tuple[int, int, int] | None:
    """Return position in the stream, number of the delivery, and how many come after it, from a reply subject."""
    words = reply.split(".")
    if words[:2] != ["$JS", "ACK"]:
        return None
    # $JS.ACK.<stream>.<consumer>.<tries>.<position>.<number>.<time>.<pending>; newer servers put <domain>.<account> in
    # front of the stream and something random at the end.
    offset = 0 if len(words) == 9 else 2
    try:
        return int(words[5 + offset]), int(words[6 + offset]), int(words[8 + offset])
    except (IndexError, ValueError):
        return None


def _now_s() -> float:
    return asyncio.get_running_loop().time()
