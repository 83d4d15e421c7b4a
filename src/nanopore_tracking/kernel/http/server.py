"""The HTTP server of a process: uvicorn with httptools, in the loop that is there, with limits on heads of requests."""

import asyncio
import contextlib
import random
import socket
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import edge, problems
from nanopore_tracking.kernel.http.ask import ARRIVED_KEY
from nanopore_tracking.kernel.http.endpoint import ASGI
from nanopore_tracking.kernel.ids import uuid7

HEAD_LIMIT_BYTES = 65_536
HEAD_ARRIVAL_S = 20.0
_TOO_LARGE = f"The head of the request is larger than {HEAD_LIMIT_BYTES:,} bytes. Nothing was done."
_NO_HTTP = "This is not a valid HTTP request, so nothing was done."
_KEEP_ALIVE_S = 75
_LINGER_S = 1.0
#: So long a connection on which nothing is asked stays open when the process stops.
_LAST_WORD_S = 0.5
#: Free ports are taken from here: below those that systems give to outgoing connections.
_FREE_PORTS = range(18_000, 32_000)


class _Gathering:
    """A transport that hands on in one piece what is written in one step of the loop: head and body of an answer.

    Each piece is a system call and a packet that wakes the other side up.
    """

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._pieces: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send the data at the end of this step."""
        if not self._pieces:
            self._loop.call_soon(self._send)
        self._pieces.append(data)

    def close(self) -> None:
        """Send what is left and close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._pieces:
            self._transport.write(b"".join(self._pieces))
            self._pieces.clear()


def _last_answer(problem: errors.Problem) -> bytes:
    """Return a refusal as it goes over the wire, where no request came about that the edge could answer."""
    start, body = problems.render(problem, str(uuid7()))
    phrase = HTTPStatus(problem.status).phrase.encode()
    lines = [b"%s: %s" % pair for pair in (*start["headers"], *edge.PROTECTIVE, (b"connection", b"close"))]
    head = b"\r\n".join([b"HTTP/1.1 %d %s" % (problem.status, phrase), *lines])
    return head + b"\r\n\r\n" + bytes(body["body"])


class _Protocol(HttpToolsProtocol):
    """One connection; its requests must bring their head in time and within the limit.

    Where the process stops, the next answer is the last and says so: a connection that is closed between two requests
    loses the second one if that is on its way already, and whoever asked cannot know whether it was heard.
    """

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first head."""
        self._in_head = True
        self._head_bytes = 0
        self._refused = False
        self._stops = False
        self._patience: asyncio.TimerHandle | None = None
        super().connection_made(_Gathering(transport, self.loop))  # type: ignore[arg-type]
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Read, and refuse a head that grows beyond the limit."""
        if self._refused:
            return
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            self._await_head()
            if self._head_bytes > HEAD_LIMIT_BYTES:
                self._refused = True
                self.transport.write(_last_answer(problems.HeadTooLarge(_TOO_LARGE)))
                # Not at once: closing while more is on its way would take the answer back.
                self.loop.call_later(_LINGER_S, self.transport.close)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (the base class says it in words of its own)
        """Refuse what is no HTTP, as everything else is refused."""
        self.transport.write(_last_answer(problems.Malformed(_NO_HTTP)))
        self.transport.close()

    def on_message_begin(self) -> None:
        """Begin with a head."""
        self._in_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._in_head = False
        self._be_patient()
        super().on_headers_complete()
        if self._stops:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """All of the request is there."""
        self.scope[ARRIVED_KEY] = True  # type: ignore[literal-required]
        super().on_message_complete()

    def shutdown(self) -> None:
        """Make the next answer the last one; close when nothing more is asked."""
        self._stops = True
        begun = self._begun()
        if begun is None:
            self._close_soon()
        elif not begun.response_started:
            begun.keep_alive = False

    def on_response_complete(self) -> None:
        """Go on with what is asked next; of a process that stops, only for a moment."""
        super().on_response_complete()
        if self._stops:
            self._close_soon()

    def _close_soon(self) -> None:
        self.loop.call_later(_LAST_WORD_S, self._close_idle)

    def _close_idle(self) -> None:
        if self._begun() is None:
            self.transport.close()

    def _begun(self) -> RequestResponseCycle | None:
        """Return the request that is being answered."""
        # There is none before the first one, whatever its type says.
        last = cast("RequestResponseCycle | None", self.cycle)
        return None if last is None or last.response_complete else last

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._be_patient()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(HEAD_ARRIVAL_S, self.transport.close)

    def _be_patient(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


class _Server(uvicorn.Server):
    """Leaves the signals of the process to its composition root, and tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self.listens.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0: any free one. Conflict when the port is in use or the host is not ours."""
    tried = [port] if port else random.sample(_FREE_PORTS, 200)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in tried:
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, number))
            listening.listen(2048)
        except OSError as failure:
            listening.close()
            reason = failure.strerror
            continue
        listening.setblocking(False)
        return listening
    raise errors.Conflict(
        f"{host} port {port or 'any'} cannot be listened on ({reason}). Nothing was started; choose another PORT."
    )


@contextlib.asynccontextmanager
async def serving(app: ASGI, listening: socket.socket, *, drain_s: float) -> AsyncIterator[None]:
    """Answer requests as long as the context is open; at its end, those that have begun are answered within drain_s."""
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=max(1, round(drain_s)),
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]), name="http server")
    try:
        listens = asyncio.create_task(server.listens.wait())
        await asyncio.wait({running, listens}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            listens.cancel()
            running.result()
        yield
    finally:
        server.should_exit = True
        await running
