"""W3C trace context: which trace the present work belongs to, and spans, which tell what was done in it.

Without an outlet for them (a collector, or the ring of a machine) no span is made; trace ids still pass through.
"""

import os
import re
import time
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar, Token
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self

Kind = Literal["internal", "server", "client", "producer", "consumer"]
Attributes = dict[str, str | int | float | bool]

_HEADER = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
# The kind of a problem of ours, such as circuit-open; no other text of a failure is told.
_KIND = re.compile(r"[a-z-]{1,40}")


@dataclass(slots=True)
class Trace:
    """A place in a trace: 32 and 16 hexadecimal digits, and whether spans of it are kept."""

    trace_id: str
    span_id: str
    sampled: bool = True

    @property
    def traceparent(self) -> str:
        """As the header `traceparent`."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"

    def note(self, attributes: Attributes) -> None:
        """Tell more of the work; a place of which nothing is told takes no notice."""

    def fail(self, failure: BaseException | str) -> None:
        """Tell that the work failed, by the type of what was raised: its message may hold what people typed."""


class Span(Trace):
    """A piece of work that is told when it ends; as a context, it is where the work within it stands.

    service: who does it; empty: whoever does the work around it. links: other places that it belongs to.
    """

    __slots__ = (
        "_began_ns",
        "_token",
        "attributes",
        "ended_ns",
        "error",
        "error_text",
        "kind",
        "links",
        "name",
        "parent_id",
        "service",
        "started_ns",
    )

    def __init__(
        self, name: str, kind: Kind, parent: Trace, *, service: str, attributes: Attributes, is_root: bool = False
    ) -> None:
        super().__init__(parent.trace_id, os.urandom(8).hex(), parent.sampled)
        self.name = name
        self.kind = kind
        self.service: str = service or (parent.service if isinstance(parent, Span) else "")
        self.parent_id = "" if is_root else parent.span_id
        self.attributes = attributes
        self.links: Sequence[Trace] = ()
        self.error = ""
        self.error_text = ""
        self.ended_ns = 0
        self.started_ns = time.time_ns()
        self._began_ns = time.perf_counter_ns()
        self._token: Token[Trace | None] | None = None

    @property
    def took_s(self) -> float:
        """How long it took."""
        return (self.ended_ns - self.started_ns) / 1e9

    def note(self, attributes: Attributes) -> None:
        """Tell more of the work."""
        self.attributes.update(attributes)

    def fail(self, failure: BaseException | str) -> None:
        """Tell that it failed; who was there first knows best."""
        if not self.error:
            self.error = failure if isinstance(failure, str) else type_of(failure)
            self.error_text = kind if _KIND.fullmatch(kind := str(getattr(failure, "type", ""))) else ""
            self.attributes["error.type"] = self.error

    def end(self) -> None:
        """Tell it, once."""
        if self.ended_ns:
            return
        self.ended_ns = self.started_ns + time.perf_counter_ns() - self._began_ns
        for outlet in _Export.outlets:
            outlet.put(self)

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._token is not None:
            _current.reset(self._token)
            self._token = None
        if isinstance(failure, Exception):
            self.fail(failure)
        self.end()


class Outlet(Protocol):
    """Where ended spans go. wants_all: it decides by itself which traces it keeps."""

    wants_all: bool

    def put(self, span: Span) -> None:
        """Take a span, at once."""
        ...

    def close(self) -> None:
        """Hand on what is left."""
        ...


class _Export:
    """Where spans go; nowhere until `configure`."""

    outlets: tuple[Outlet, ...] = ()
    all_of_them = False
    ratio: float = 0.0


class _At:
    """A place that is given, as a context."""

    __slots__ = ("_place", "_token")

    def __init__(self, place: Trace) -> None:
        self._place = place

    def __enter__(self) -> Trace:
        self._token = _current.set(self._place)
        return self._place

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)
_NOWHERE = Trace("", "", sampled=False)
#: The context of work of which nothing is told.
NOTHING: AbstractContextManager[Trace] = nullcontext(_NOWHERE)


def parse(header: str | None) -> Trace | None:
    """Return the place that a `traceparent` header names; None without one or for one that is not well formed."""
    found = _HEADER.fullmatch(header) if header else None
    if found is None or (header and header.startswith("00") and len(header) != 55):
        return None
    return Trace(found[1], found[2], bool(int(found[3], 16) & 1))


def new() -> Trace:
    """Return a new trace; of all of them, the configured share is kept."""
    digits = os.urandom(24).hex()
    return Trace(digits[:32], digits[32:], sampled=int(digits[:8], 16) < _Export.ratio * 2**32)


def current() -> Trace | None:
    """Return where the present work stands; None outside of any trace."""
    return _current.get()


def traceparent() -> str | None:
    """Return the header for what is sent on from here; None outside of any trace."""
    found = _current.get()
    return None if found is None else found.traceparent


def headers() -> dict[str, str]:
    """Return the header for a request that is sent on from here; none outside of any trace."""
    found = _current.get()
    return {} if found is None else {"traceparent": found.traceparent}


def exemplar() -> dict[str, str] | None:
    """Return what links a measurement to the present trace; None when its spans are not kept."""
    if not _Export.outlets:
        return None
    found = _current.get()
    return {"trace_id": found.trace_id} if found is not None and found.sampled else None


def exemplar_of(headers: Iterable[str | None]) -> dict[str, str] | None:
    """Return what links a measurement to the first of these places whose trace is kept; None without one."""
    if not _Export.outlets:
        return None
    return next(({"trace_id": place.trace_id} for place in map(parse, headers) if place and place.sampled), None)


def within(header: str | None) -> AbstractContextManager[Trace]:
    """Do what follows in the trace that the header names, or in a new one."""
    return _At(parse(header) or new())


def on() -> bool:
    """Return whether spans are made."""
    return bool(_Export.outlets)


def recorded(place: Trace | None) -> bool:
    """Return whether something is told of work at that place."""
    return place is not None and bool(_Export.outlets) and (place.sampled or _Export.all_of_them)


def span(
    name: str, kind: Kind = "internal", *, service: str = "", attributes: Attributes | None = None
) -> AbstractContextManager[Trace]:
    """Return a context that is told as a span of the present trace; nothing is told outside of any."""
    parent = _current.get()
    if parent is None or not recorded(parent):
        return NOTHING
    return Span(name, kind, parent, service=service, attributes=attributes or {})


def continued(
    header: str | None, name: str, kind: Kind, *, service: str, attributes: Attributes | None = None
) -> AbstractContextManager[Trace]:
    """As `within`, and told as a span: a child of the place that the header names, or the first of a new trace."""
    parent = parse(header)
    place = parent or new()
    if not recorded(place):
        return _At(place)
    return Span(name, kind, place, service=service, attributes=attributes or {}, is_root=parent is None)


def failed(failure: BaseException) -> None:
    """Tell that the present work failed, where its failure is answered and goes no further."""
    found = _current.get()
    if found is not None:
        found.fail(failure)


def type_of(failure: BaseException) -> str:
    """Return the name of the type of a failure."""
    kind = type(failure)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def configure(outlets: Iterable[Outlet], *, ratio: float = 1.0) -> None:
    """Make spans for these outlets from now on; without any, none are made.

    ratio: the share of the traces begun here that is kept; for others, who began them decides.
    """
    shutdown()
    _Export.outlets = tuple(outlets)
    _Export.all_of_them = any(outlet.wants_all for outlet in _Export.outlets)
    _Export.ratio = ratio if _Export.outlets else 0.0


def shutdown() -> None:
    """Hand on what is left and make no more spans."""
    outlets, _Export.outlets = _Export.outlets, ()
    _Export.all_of_them, _Export.ratio = False, 0.0
    for outlet in outlets:
        outlet.close()
