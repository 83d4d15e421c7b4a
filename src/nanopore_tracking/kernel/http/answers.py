"""What handlers answer with: JSON that is ready to be sent, its version as ETag, and pages of lists."""

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

import msgspec
from litestar import Response

T = TypeVar("T")

JSON = b"application/json"
_encode = msgspec.json.encode


class Paged(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One page of a list; next: where the following page starts, null on the last one."""

    items: list[T]
    next: str | None = None


class Found(Protocol):
    """A page as a listing returns it: items as JSON text."""

    @property
    def items(self) -> Sequence[str]:
        """The things, each as JSON text."""
        ...

    @property
    def next(self) -> str | None:
        """Where the following page starts."""
        ...


class Sent(Response[Any]):
    """A finished JSON answer; the edge sends it as it is. status None: what the route declares."""

    def __init__(
        self, body: bytes, *, status: int | None = None, version: int | None = None, location: str = ""
    ) -> None:
        # Response.__init__ is left out on purpose: an answer of this kind is never rendered again.
        self.content = body
        self.status_code = status
        self.version = version
        self.location = location
        self.replayed = False

    def messages(self, declared_status: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the two ASGI messages of the answer."""
        body: bytes = self.content
        status = self.status_code or declared_status
        if not body and status in (200, 201):
            status = 204
        headers = [] if status in (204, 304) else [(b"content-type", JSON), (b"content-length", b"%d" % len(body))]
        if self.version is not None:
            headers.append((b"etag", b'"v%d"' % self.version))
        if self.location:
            headers.append((b"location", self.location.encode()))
        if self.replayed:
            headers.append((b"idempotent-replayed", b"true"))
        start = {"type": "http.response.start", "status": status, "headers": headers}
        return start, {"type": "http.response.body", "body": b"" if status in (204, 304) else body}


def unchanged(seen: Sent) -> Sent:
    """Return the answer that says: what was seen before is still so."""
    return Sent(b"", status=304, version=seen.version)


def as_json(item: Any) -> bytes:
    """Return the item as JSON; bytes and text are taken to be JSON already, None is nothing."""
    if isinstance(item, bytes):
        return item
    if isinstance(item, str):
        return item.encode()
    return b"" if item is None else _encode(item)


def answer(item: Any, *, version: int | None = None, status: int | None = None) -> Response[Any]:
    """Answer with one thing: a struct, or bytes or text that are JSON already.

    version: becomes the ETag; a GET with the same If-None-Match is answered 304. status: the declared one if None.
    """
    return Sent(as_json(item), status=status, version=version)


def page(found: Found) -> Response[Any]:
    """Answer with one page of a list, put together from the items' JSON text."""
    joined = ",".join(found.items)
    return Sent(f'{{"items":[{joined}],"next":{_encode(found.next).decode()}}}'.encode())
