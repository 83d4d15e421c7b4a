"""One request to a service: timeout, circuit breaker, typed answer, and its problem as one of the five errors."""

from typing import Any, ClassVar, TypeVar
from uuid import UUID

import httpx
import msgspec

from nanopore_tracking.kernel import circuit, errors
from nanopore_tracking.kernel.telemetry import conventions, trace

T = TypeVar("T")

TIMEOUT = httpx.Timeout(20.0, connect=3.0)

_KINDS: dict[int, type[errors.Problem]] = {
    400: errors.Invalid,
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    412: errors.Stale,
    413: errors.TooLarge,
    415: errors.UnsupportedMedia,
    422: errors.Invalid,
    428: errors.PreconditionRequired,
    429: errors.TooMany,
    503: errors.Unavailable,
}
_NOT_PASSED_ON = "This has characters that cannot be passed on. Nothing was changed."
_SHOWN = {"type", "title", "status", "detail", "errors"}


class Link:
    """The way to one service: its address, the shared connection pool and the breaker around it."""

    def __init__(self, name: str, base_url: str, pool: httpx.AsyncClient) -> None:
        self.name = name
        self.base_url = base_url.rstrip("/")
        self.pool = pool
        self.breaker = circuit.Breaker(f"web-to-{name}", service="web")

    async def send(self, method: str, path: str, *, headers: dict[str, str], **body: Any) -> httpx.Response:
        """Send one request; Unavailable when nothing answers in time or the breaker is open.

        Invalid for what no request can hold, before the breaker: what a person sends says nothing of the service.
        """
        try:
            with conventions.calling(self.name, method, self.base_url) as place:
                sent = headers | trace.headers()
                if not all(value.isascii() and value.isprintable() for value in sent.values()):
                    raise errors.Invalid(_NOT_PASSED_ON)
                request = self.pool.build_request(method, self.base_url + path, headers=sent, **body)
                response = await self.breaker.call(lambda: self.pool.send(request))
                conventions.answered(place, response.status_code)
                return response
        except httpx.InvalidURL as failure:
            raise errors.Invalid(_NOT_PASSED_ON) from failure
        except httpx.HTTPError as failure:
            raise errors.Unavailable(f"The {self.name} service does not answer now. Nothing was changed.") from failure


class Client:
    """A service as one person may use it; subclasses name the service and its questions."""

    service: ClassVar[str]

    def __init__(
        self,
        link: Link,
        access_token: str = "",
        request_id: str = "",
        *,
        address: str = "",
        positions: dict[str, int] | None = None,
    ) -> None:
        """address: of the browser that is spoken for, and of proxies: failed sign-ins are counted for it alone.

        positions: where is noted, by service, up to which change everything that was read is sure to be.
        """
        self.link = link
        self._positions = {} if positions is None else positions
        self.headers = {"Accept": "application/json"}
        if access_token:
            self.headers["Authorization"] = f"Bearer {access_token}"
        if request_id:
            self.headers["X-Request-ID"] = request_id
        if address:
            self.headers["X-Forwarded-For"] = address

    async def get(self, path: str, kind: type[T], **params: Any) -> T:
        """Ask; parameters that are None are left out."""
        query = {name: _query(value) for name, value in params.items() if value not in (None, "", [])}
        response = await self.link.send("GET", path, headers=self.headers, params=query)
        position = response.headers.get("x-changes-position", "")
        if position.isdecimal():
            # Of several answers the one that is furthest behind counts.
            self._positions[self.link.name] = min(int(position), self._positions.get(self.link.name, int(position)))
        return answered(response, kind)

    async def send(
        self,
        method: str,
        path: str,
        kind: type[T],
        *,
        body: Any = None,
        match: int | None = None,
        key: str = "",
        params: dict[str, Any] | None = None,
    ) -> T:
        """Change something. match: the version that the person saw; key: makes sending the same form twice harmless."""
        headers = self.headers | {"Content-Type": "application/json"}
        if match is not None:
            headers["If-Match"] = f'"v{match}"'
        if key:
            headers["Idempotency-Key"] = key
        content = msgspec.json.encode({} if body is None and method != "DELETE" else body)
        query = {name: _text(value) for name, value in (params or {}).items() if value is not None}
        response = await self.link.send(method, path, headers=headers, content=content, params=query)
        return answered(response, kind)

    async def download(self, path: str, body: Any) -> httpx.Response:
        """Ask for a file; the answer is open and is read piece by piece by whoever sends it on, and closes it."""
        content, headers = msgspec.json.encode(body), self.headers | {"Content-Type": "application/json"}
        asked = self.link.pool.build_request("POST", self.link.base_url + path, headers=headers, content=content)
        try:
            response = await self.link.pool.send(asked, stream=True)
        except httpx.HTTPError as failure:
            raise errors.Unavailable(f"The {self.link.name} service does not answer now.") from failure
        if response.is_success:
            return response
        await response.aread()
        await response.aclose()
        raise problem(response)


def _query(value: Any) -> str | list[str]:
    return [_text(item) for item in value] if isinstance(value, list | tuple) else _text(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def answered(response: httpx.Response, kind: type[T]) -> T:
    """Return what a service answered, or raise what it refused."""
    if response.is_success:
        if kind is type(None) or not response.content:
            return None  # type: ignore[return-value]
        return msgspec.json.decode(response.content, type=kind)
    raise problem(response)


def problem(response: httpx.Response) -> errors.Problem:
    """Return what a service refused as the error of its kind, with the fields and the request id it named."""
    try:
        body = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    fields = [
        errors.FieldError(str(item.get("path", "")), str(item.get("message", ""))) for item in body.get("errors") or []
    ]
    kind = _KINDS.get(response.status_code, errors.Unavailable)
    message = str(body.get("detail") or body.get("title") or f"The service answered {response.status_code}.")
    extra = {name: value for name, value in body.items() if name not in _SHOWN and name != "message"}
    extra.pop("retry_after_s", None)
    return kind(message, type=body.get("type"), fields=fields, **extra)


def identified(value: UUID | str) -> str:
    """Return an identifier as it stands in a path; NotFound for text that is no identifier."""
    try:
        return str(UUID(str(value)))
    except ValueError as failure:
        raise errors.NotFound("There is no such thing.") from failure
