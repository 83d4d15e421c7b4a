"""One stream of changes for each open window, merged from the services that its page listens to."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import msgspec
from litestar import Request, get
from litestar.response import Stream

from nanopore_tracking.kernel import asking, errors
from nanopore_tracking.kernel.http.ask import stream_from
from nanopore_tracking.web import session
from nanopore_tracking.web.front import front_of
from nanopore_tracking.web.visit import Visit, enter

TOPICS = ("sample", "ai", "config", "audit", "backup")
#: Seconds between comments that keep the connection from being taken for dead, and between looks at the session.
HEARTBEAT_S = 15.0
_RETRY_S = (0.5, 1.0, 2.0, 5.0)
_WAITING = 1000
_READ = httpx.Timeout(45.0, connect=3.0)
_ending: set[asyncio.Task[None]] = set()


class Merged:
    """The changes of several services as one stream, with one position that holds the position in each of them."""

    def __init__(self, visit: Visit, *, topics: tuple[str, ...], last: str) -> None:
        self._front = visit.front
        self._token = visit.token
        self._device = visit.device
        self._topics = topics
        self._positions = {name: value for name, value in parse_qsl(last) if name in topics}
        self._ready: asyncio.Queue[bytes] = asyncio.Queue(_WAITING)
        self._pool = asking.client(_READ)

    async def read(self) -> AsyncGenerator[bytes, None]:
        """Yield events, a comment in silence, and `ended` as the last one when the session has ended."""
        tasks = [asyncio.create_task(self._follow(topic)) for topic in self._topics]
        try:
            yield b"retry: 1000\n: open\n\n"
            while True:
                try:
                    yield await asyncio.wait_for(self._ready.get(), HEARTBEAT_S)
                except TimeoutError:
                    if not await self._open():
                        yield b"event: ended\ndata: {}\n\n"
                        return
                    yield b": still here\n\n"
        finally:
            # A window that goes away cancels every await in here again and again: the end has a task of its own.
            ending = asyncio.create_task(self._end(tasks))
            _ending.add(ending)
            ending.add_done_callback(_ending.discard)
            await asyncio.shield(ending)

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pool.aclose()

    async def _open(self) -> bool:
        try:
            await self._front.sessions.open(self._token, self._device)
        except errors.Unauthenticated:
            return False
        except errors.Problem:
            return True  # config does not answer: what is open stays open until it says otherwise
        return True

    async def _follow(self, topic: str) -> None:
        """Read one service's stream for ever; a broken one is opened again where it stopped."""
        failures = 0
        while True:
            try:
                opened = await self._front.sessions.open(self._token, self._device)
                async for event, ident, data in self._source(topic, opened.access_token):
                    failures = 0
                    if ident:
                        self._positions[topic] = ident
                    await self._ready.put(self._message(topic, event, data))
            except errors.Unauthenticated:
                await self._ready.put(b"event: ended\ndata: {}\n\n")
                return
            except (httpx.HTTPError, errors.Problem):
                pass
            await self._ready.put(self._message(topic, "source_lost", "{}"))
            await asyncio.sleep(_RETRY_S[min(failures, len(_RETRY_S) - 1)])
            failures += 1

    def _message(self, topic: str, event: str, data: str) -> bytes:
        try:
            known = msgspec.json.decode(data or "{}", type=dict[str, Any])
        except (msgspec.DecodeError, msgspec.ValidationError):
            known = {}
        body = msgspec.json.encode({"source": topic, "type": event, **known}).decode()
        name = event if event in ("resync", "source_lost", "source_back") else "changed"
        return f"event: {name}\nid: {urlencode(self._positions)}\ndata: {body}\n\n".encode()

    async def _source(self, topic: str, access_token: str) -> AsyncIterator[tuple[str, str, str]]:
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "text/event-stream"}
        if topic in self._positions:
            headers["Last-Event-ID"] = self._positions[topic]
        url = f"{self._front.link(topic).base_url}/api/changes/{topic}"
        async with self._pool.stream("GET", url, headers=headers) as response:
            if response.status_code == 401:
                self._front.sessions.forget(self._token)
            response.raise_for_status()
            yield "source_back", "", "{}"
            if topic not in self._positions:
                yield "resync", "", "{}"  # It is not known from where on changes would be missed.
            async for message in _parse(response.aiter_lines()):
                yield message


async def _parse(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, str, str]]:
    """Yield (event, id, data) of a Server-Sent Events stream; comments are passed over."""
    event, ident, data = "", "", ""
    async for line in lines:
        if not line:
            if event or data:
                yield event or "message", ident, data
            event, ident, data = "", "", ""
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                event = value
            elif name == "id":
                ident = value
            elif name == "data":
                data += value


@get("/events", policy="public", query="any")
async def events(request: Request[Any, Any, Any]) -> Stream:
    """Answer with the changes that the person may see, of the services named in `topics`.

    It goes on where the stream broke, and begins with what came after `since`, which the page was made with.
    """
    session.refuse_foreign(request)
    visit = await enter(request, front_of(request))
    asked = request.query_params.get("topics", "").split(",")
    topics = tuple(topic for topic in TOPICS if topic in asked)
    last = request.headers.get("last-event-id", "") or request.query_params.get("since", "")
    merged = Merged(visit, topics=topics, last=last)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream_from(request)
    return Stream(_closing(merged), media_type="text/event-stream", headers=headers)


async def _closing(merged: Merged) -> AsyncGenerator[bytes, None]:
    async with contextlib.aclosing(merged.read()) as stream:
        async for chunk in stream:
            yield chunk
            if chunk.startswith(b"event: ended"):
                return
