"""The end of an HTTP server: nobody who holds a connection to it loses a request."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from nanopore_tracking.kernel.http import server

_ASK = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Place:
    """A server with one connection to it; what is asked at /slow is answered in two parts, the second when told."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.stop = asyncio.Event()

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"4")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["path"] == "/slow":
            await send({"type": "http.response.body", "body": b"we", "more_body": True})
            self.begun.set()
            await self.go_on.wait()
            await send({"type": "http.response.body", "body": b"ll"})
        else:
            await send({"type": "http.response.body", "body": b"well"})

    async def run(self, listening: Any) -> None:
        async with server.serving(self, listening, drain_s=20):
            await self.stop.wait()

    async def turn_away(self, port: int) -> None:
        """Begin to stop; returns when nobody new is let in."""
        self.stop.set()
        with contextlib.suppress(ConnectionError):
            while True:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                await asyncio.sleep(0.01)


@pytest.fixture
async def place() -> AsyncIterator[tuple[_Place, int, Streams]]:
    found = _Place()
    listening = server.listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    running = asyncio.create_task(found.run(listening))
    streams = await asyncio.open_connection("127.0.0.1", port)
    yield found, port, streams
    streams[1].close()
    found.stop.set()
    await asyncio.wait_for(running, 30)


async def _said(streams: Streams, request: bytes = _ASK) -> tuple[bool, bytes]:
    """Ask, and return whether the answer says that it is the last one, and its body."""
    streams[1].write(request)
    head = await streams[0].readuntil(b"\r\n\r\n")
    return b"connection: close" in head.lower(), await streams[0].readexactly(4)


async def test_what_is_asked_on_an_open_connection_is_answered_as_the_last(
    place: tuple[_Place, int, Streams], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_LAST_WORD_S", 15.0)
    found, port, streams = place
    assert await _said(streams) == (False, b"well")

    await found.turn_away(port)

    assert await _said(streams) == (True, b"well")
    assert await streams[0].read() == b""


async def test_after_an_answer_that_had_begun_there_is_another_one(
    place: tuple[_Place, int, Streams], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_LAST_WORD_S", 15.0)
    found, port, streams = place
    slow = asyncio.create_task(_said(streams, _ASK.replace(b"/ ", b"/slow ", 1)))
    await found.begun.wait()

    await found.turn_away(port)
    found.go_on.set()

    # Its head was on its way before anybody knew.
    assert await slow == (False, b"well")
    assert await _said(streams) == (True, b"well")
    assert await streams[0].read() == b""


async def test_a_connection_on_which_nothing_is_asked_does_not_hold_up_the_end(
    place: tuple[_Place, int, Streams],
) -> None:
    found, port, streams = place
    assert await _said(streams) == (False, b"well")

    await found.turn_away(port)

    assert await asyncio.wait_for(streams[0].read(), 15) == b""


@pytest.mark.parametrize(
    ("request_", "status", "kind"),
    [
        (b"GET / HTTP/1.1\r\nHost: here\r\nIf-Match: \x01\r\n\r\n", b"400 Bad Request", "malformed"),
        (b"\x16\x03\x01\x02\x00\x01", b"400 Bad Request", "malformed"),
        (
            b"GET / HTTP/1.1\r\nHost: here\r\nX: " + b"x" * server.HEAD_LIMIT_BYTES,
            b"431 Request Header Fields Too Large",
            "head-too-large",
        ),
    ],
    ids=["control character", "TLS", "long head"],
)
async def test_what_is_no_request_is_refused_as_everything_else_is(
    place: tuple[_Place, int, Streams], request_: bytes, status: bytes, kind: str
) -> None:
    _, _, (reader, writer) = place
    writer.write(request_)
    head = await reader.readuntil(b"\r\n\r\n")
    body = msgspec.json.decode(await asyncio.wait_for(reader.read(), 30))
    assert head.startswith(b"HTTP/1.1 " + status + b"\r\n")
    for line in (b"content-type: application/problem+json", b"x-content-type-options: nosniff", b"connection: close"):
        assert line in head
    assert body["type"] == kind
    assert body["detail"].endswith(" done.")
