"""What a process says about itself: alive, ready, healthy, its metrics and the description of its endpoints."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import problems
from nanopore_tracking.kernel.http.answers import Sent
from nanopore_tracking.kernel.http.ask import context_of
from nanopore_tracking.kernel.telemetry import metrics

Ready = Callable[[], Awaitable[bool]]
Health = Callable[[], Awaitable[dict[str, dict[str, bool]]]]

#: What proxies add to a request that they pass on.
_PASSED_ON = frozenset({b"x-forwarded-for", b"forwarded"})
_NOTHING = "There is nothing at this address."

PATHS = ("/health", "/metrics", "/openapi.json")


class Status:
    """Answers without asking who asks; runs inside an Edge. Nothing in it tells versions, addresses or data."""

    def __init__(self, *, ready: Ready, health: Health, description: Callable[[], dict[str, Any]]) -> None:
        """ready: whether requests can be answered; health: for each service, what it needs and whether that is there.

        description: the OpenAPI document, made on demand.
        """
        self._ready = ready
        self._health = health
        self._description = description
        self._described = b""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002 (the signature of ASGI)
        """Answer one of the paths."""
        path = scope["path"].rstrip("/")
        scope["path_template"] = path
        headers = context_of(scope).headers
        accept = headers.get(b"accept", b"").decode("latin-1")
        if path == "/metrics" and not _PASSED_ON.isdisjoint(headers):
            # They are for what scrapes this process itself, not for who comes through the entrance of a cluster.
            raise errors.NotFound(_NOTHING, type="no-such-address")
        answer, kind = await self._answer(path, scope["method"], accept)
        start, body = answer.messages(200)
        if kind:
            start["headers"][0] = (b"content-type", kind)
        await send(start)
        await send(body)

    async def _answer(self, path: str, method: str, accept: str) -> tuple[Sent, bytes]:
        if method not in ("GET", "HEAD"):
            raise problems.NotAllowed("GET")
        if path == "/health/live":
            return Sent(b'{"status":"alive"}'), b""
        if path == "/health/ready":
            ready = await self._ready()
            return Sent(
                b'{"status":"ready"}' if ready else b'{"status":"not ready"}', status=200 if ready else 503
            ), b""
        if path == "/health":
            ready, services = await asyncio.gather(self._ready(), self._health())
            well = "ok" if all(all(parts.values()) for parts in services.values()) else "degraded"
            content = {"status": well if ready else "unavailable", "services": services}
            return Sent(msgspec.json.encode(content), status=200 if ready else 503), b""
        if path == "/metrics":
            return Sent(metrics.exposition(accept)), metrics.content_type(accept).encode()
        if path == "/openapi.json":
            self._described = self._described or msgspec.json.encode(self._description())
            return Sent(self._described), b""
        raise errors.NotFound(_NOTHING, type="no-such-address")
