"""The connection of a process to NATS: made in the background, kept for ever, with requests, publishing and pings."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.circuit import Breaker
from nanopore_tracking.kernel.settings import Secret

_CONNECT_S = 2
_RECONNECT_PAUSE_S = 0.25
_REQUEST_S = 5.0
_PING_INTERVAL_S = 5
_PENDING_BYTES = 8 << 20
# A server that is back is used again soon: the breaker only keeps callers from waiting for one that hangs.
_OPEN_S = 2.0

_log = structlog.get_logger("bus")

#: What an operation of the client may fail with when the server or the way to it is not there.
TROUBLE = (OSError, nats.errors.Error, TimeoutError)

OnMessage = Callable[[Msg], Awaitable[None]]


class Bus:
    """One connection to NATS, shared by everything in a process.

    It may be used from the start: while there is no connection, what needs one raises Unavailable.
    """

    def __init__(self, url: str | Secret, *, name: str = "nanopore-tracking") -> None:
        """url: one server or several, separated by commas; name: what the server's monitoring calls this client."""
        self._url = Secret(url) if isinstance(url, str) else url
        self._name = name
        self._client = Client()
        self._breaker = Breaker("nats", open_s=_OPEN_S, service=name)
        self._connecting: asyncio.Task[None] | None = None
        self._pings: dict[str, list[Callable[[], None]]] = {}
        self._connections = 0
        self._up = asyncio.Event()
        self._told = False
        self._stopping = False

    @property
    def connected(self) -> bool:
        """Whether there is a connection now."""
        return bool(self._client.is_connected)

    @property
    def connections(self) -> int:
        """How often a connection was made; a change tells that messages may have been missed."""
        return self._connections

    async def start(self) -> None:
        """Begin to connect, and go on until it succeeds; does not wait for it."""
        self._connecting = asyncio.create_task(self._connect(), name="bus connection")

    async def wait(self, patience_s: float) -> bool:
        """Wait for a connection, so long; return whether there is one."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._up.wait()
        return self.connected

    async def stop(self) -> None:
        """Send what is left and end the connection."""
        self._stopping = True
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
            self._connecting = None
        with contextlib.suppress(*TROUBLE):
            if self.connected:
                await self._client.flush(2)
        with contextlib.suppress(*TROUBLE):
            await self._client.close()

    async def request(
        self,
        subject: str,
        payload: bytes = b"",
        *,
        headers: dict[str, str] | None = None,
        timeout_s: float = _REQUEST_S,
    ) -> bytes:
        """Return the answer to a request; Unavailable without one in time."""

        async def ask() -> bytes:
            self._require()
            try:
                answer = await self._client.request(subject, payload, timeout_s, headers=headers)
            except TROUBLE as failure:
                raise _unavailable() from failure
            return bytes(answer.data)

        return await self._breaker.call(ask)

    async def send(
        self, subject: str, payload: bytes = b"", *, headers: dict[str, str] | None = None, reply: str = ""
    ) -> None:
        """Send a message that nobody acknowledges; Unavailable without a connection."""
        self._require()
        try:
            await self._client.publish(subject, payload, reply, headers)
        except TROUBLE as failure:
            raise _unavailable() from failure

    async def subscribe(self, subject: str, received: OnMessage) -> Subscription:
        """Call a function for each message on a subject; it goes on after the connection was lost and made again."""
        self._require()
        try:
            return await self._client.subscribe(subject, cb=received)
        except TROUBLE as failure:
            raise _unavailable() from failure

    async def unsubscribe(self, subscription: Subscription) -> None:
        """End a subscription."""
        with contextlib.suppress(*TROUBLE):
            await subscription.unsubscribe()

    def new_inbox(self) -> str:
        """Return a subject of which nobody else knows."""
        return str(self._client.new_inbox())

    def on_ping(self, name: str, told: Callable[[], None]) -> None:
        """Call a function when another process pings the name; to be said before `start`. Pings may get lost."""
        self._pings.setdefault(name, []).append(told)

    async def ping(self, name: str) -> None:
        """Tell everybody who listens to the name that there is something to do."""
        if self.connected:
            with contextlib.suppress(errors.Unavailable):
                await self.send(f"nanopore-ping.{name}")

    def _require(self) -> None:
        if not self.connected:
            raise _unavailable()

    async def _connect(self) -> None:
        await self._client.connect(
            [server.strip() for server in self._url.reveal().split(",")],
            name=self._name,
            max_reconnect_attempts=-1,
            reconnect_time_wait=_RECONNECT_PAUSE_S,  # type: ignore[arg-type]  # seconds, and a fraction is fine
            connect_timeout=_CONNECT_S,
            ping_interval=_PING_INTERVAL_S,
            max_outstanding_pings=2,
            pending_size=_PENDING_BYTES,
            error_cb=self._failed,
            reconnected_cb=self._reconnected,
            disconnected_cb=self._disconnected,
        )
        await self._client.subscribe("nanopore-ping.*", cb=self._pinged)
        await self._reconnected()

    async def _reconnected(self) -> None:
        self._connections += 1
        self._up.set()
        self._told = False
        _log.info("connected to NATS", connections=self._connections)
        # Whatever was told meanwhile was missed.
        for listeners in self._pings.values():
            for told in listeners:
                told()

    async def _disconnected(self) -> None:
        self._up.clear()
        if not self._stopping:
            _log.warning("the connection to NATS was lost; it is being made again")

    async def _failed(self, failure: Exception) -> None:
        if not self._told:
            self._told = True
            _log.warning("NATS does not answer; it is tried again and again", error=_sentence(failure))

    async def _pinged(self, message: Msg) -> None:
        for told in self._pings.get(message.subject.partition(".")[2], ()):
            told()


def _sentence(failure: BaseException) -> str:
    return f"{type(failure).__name__}: {failure}"


def _unavailable(**extra: Any) -> errors.Unavailable:
    message = "The event bus does not answer now. Nothing is lost; what is to be told is sent later."
    return errors.Unavailable(message, type="bus", **extra)
