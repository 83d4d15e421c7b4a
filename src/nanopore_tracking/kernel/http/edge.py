"""The outermost layer of a service's HTTP side: request ids, protective headers, metrics, one log line, no leaks."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.auth import NOBODY
from nanopore_tracking.kernel.http import bodies, problems
from nanopore_tracking.kernel.http.ask import SCOPE_KEY, Context
from nanopore_tracking.kernel.http.endpoint import ASGI
from nanopore_tracking.kernel.http.measures import Measures
from nanopore_tracking.kernel.telemetry import conventions, trace

_log = structlog.get_logger("http")

#: What every answer carries unless it says otherwise itself.
PROTECTIVE: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"same-origin"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-content-type-options", b"nosniff"),
)
_OWN = frozenset(name for name, _ in PROTECTIVE)
_CLOSED = 499


class Edge:
    """Wraps the application of one service; every request passes here exactly once."""

    def __init__(
        self,
        app: ASGI,
        service: str,
        *,
        quiet: bool = False,
        position: Callable[[], int | None] = lambda: None,
        secret: Sequence[str] = (),
    ) -> None:
        """quiet: requests are logged only on the level debug, as nobody wants to read of every look at the health.

        position: the latest change that whatever is read from now on has. secret: after which parts of an address
        something follows that itself lets somebody in, so that no log may have it, whatever the method.
        """
        self._secret = secret
        self._app = app
        self._position = position
        self._quiet = quiet
        self._service = service
        self._measures = Measures(service)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            # In a copy: the server still knows that no body is to be sent.
            scope = {**scope, "method": "GET"}
        context = scope[SCOPE_KEY] = Context(dict(scope["headers"]))
        if scope["method"] == "GET":
            context.position = self._position()
        started_s = time.perf_counter()
        header = context.headers.get(b"traceparent", b"").decode("latin-1")
        told = trace.within(header) if self._quiet else conventions.serving(self._service, scope["method"], header)
        with told as place:
            context.traceparent = place.traceparent
            try:
                await self._serve(scope, receive, _Sending(send, context))
            finally:
                self._done(scope, context, time.perf_counter() - started_s)
                if trace.on():
                    conventions.served(
                        place,
                        route=scope.get("path_template"),
                        status=context.status,
                        request_id=context.request_id,
                    )

    async def _serve(self, scope: Any, receive: Any, send: "_Sending") -> None:
        context = send.context
        try:
            if "\x00" in scope["path"]:
                raise errors.Invalid("The address has the character NUL, which is not allowed.")
            await self._app(scope, receive, send)
        except bodies.Gone:
            context.status = context.status or _CLOSED
        except errors.Problem as problem:
            await _answer(send, problem)
        except Exception as failure:  # noqa: BLE001 (this is the edge: nothing may pass it)
            trace.failed(failure)
            _log.exception("request failed", service=self._service, request_id=context.request_id)
            await _answer(send, problems.unexpected())

    async def _other(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._app(scope, receive, send)

    def _done(self, scope: Any, context: Context, took_s: float) -> None:
        route = scope.get("path_template") or "unmatched"
        self._measures.count(scope["method"], route, context.status, took_s=None if context.is_stream else took_s)
        tell = _log.debug if self._quiet else _log.info
        tell(
            "request",
            service=self._service,
            method=scope["method"],
            path=self._told(scope["path"]),
            route=route,
            status=context.status,
            took_ms=round(took_s * 1000, 2),
            actor=context.principal.actor.id,
            request_id=context.request_id,
        )

    def _told(self, path: str) -> str:
        """Return the part of a path that a log may have."""
        for part in self._secret:
            before, found, _ = path.partition(part)
            if found:
                return f"{before}{found}…"
        return path


class _Sending:
    """The way out: notes the status, and adds what every answer carries."""

    __slots__ = ("_send", "context")

    def __init__(self, send: Any, context: Context) -> None:
        self._send = send
        self.context = context

    async def __call__(self, message: Any) -> None:
        """Send one ASGI message."""
        if message["type"] == "http.response.start":
            self.context.status = message["status"]
            message["headers"] = _guarded(message.get("headers", ()), self.context)
        await self._send(message)


async def _answer(send: _Sending, problem: errors.Problem) -> None:
    if send.context.status:
        return  # The answer has begun: all that is left is to end the connection, which the server does.
    for message in problems.render(problem, send.context.request_id):
        await send(message)


def _guarded(headers: Any, context: Context) -> list[tuple[bytes, bytes]]:
    """Return the headers with the protective ones that are not there yet, and the identifiers of the request."""
    found = list(headers)
    present = _OWN.intersection(name for name, _ in found)
    found.extend(PROTECTIVE if not present else (pair for pair in PROTECTIVE if pair[0] not in present))
    found.append((b"x-request-id", context.request_id.encode()))
    if context.position is not None and context.principal is not NOBODY:
        found.append((b"x-changes-position", b"%d" % context.position))
    if context.traceparent is not None:
        found.append((b"traceparent", context.traceparent.encode()))
    return found
