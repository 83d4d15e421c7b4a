"""Log lines as JSON, one object a line, with request and trace ids, without secrets; those of libraries as well."""

import functools
import json
import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec
import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars

from nanopore_tracking.kernel.telemetry import trace

LEVELS = ("debug", "info", "warning", "error")

_HIDDEN = "[hidden]"
_SECRET_NAME = re.compile(
    r"password|passwd|secret|token|authorization|cookie|credential|api_?key|private_key", re.IGNORECASE
)
# Telling names that hold no secret.
_HARMLESS = frozenset({"token_id", "token_kind", "token_type"})
_MARKS = ("://", "npt_", "eyJ", "Bearer ")
_SECRET_TEXT = re.compile(
    r"(?P<scheme>://[^\s:/@\"\\]*:)[^\s/@\"\\]+(?=@)"  # the password in an address
    r"|npt_[A-Za-z0-9_-]{8,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]+|(?<=Bearer )[^\s\"\\]+"
)
# Libraries that tell the same thing again and again while an engine is down; their callers tell it once.
_QUIET = {"asyncpg": logging.ERROR, "httpx": logging.WARNING, "httpcore": logging.WARNING, "nats": logging.ERROR}
_encoder = msgspec.json.Encoder(enc_hook=str)


def configure(level: str = "info", *, stream: TextIO | None = None) -> None:
    """Send everything that is logged in this process to a stream (standard error if None), from that level on."""
    numeric = logging.getLevelNamesMapping()[level.upper()]
    target = stream or sys.stderr
    structlog.configure(
        processors=[_line],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Foreign)]:
        root.removeHandler(handler)
    root.addHandler(_Foreign(target))
    root.setLevel(max(numeric, logging.INFO))
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(numeric, least))


@contextmanager
def bound(**values: Any) -> Iterator[None]:
    """Give every line within it these values, such as request_id."""
    with bound_contextvars(**values):
        yield


def scrub(text: str) -> str:
    """Return the text without passwords in addresses, access tokens and API tokens."""
    if any(mark in text for mark in _MARKS):
        return _SECRET_TEXT.sub(lambda found: (found["scheme"] or "") + _HIDDEN, text)
    return text


@functools.lru_cache(maxsize=2000)
def _names_a_secret(name: str) -> bool:
    return name not in _HARMLESS and _SECRET_NAME.search(name) is not None


def _line(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    """Make the line of an event, in one step, as every step between would cost more than what it does."""
    event = _stamp(logger, method, merge_contextvars(logger, method, event))
    if "exc_info" in event:
        event = structlog.processors.format_exc_info(logger, method, event)
    return _render(logger, method, event)


def _stamp(_logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add time, level and trace, and hide what has the name of a secret."""
    for name in event:
        if _names_a_secret(name):
            event[name] = _HIDDEN
    event["level"] = "error" if method == "exception" else method
    event["time"] = datetime.now(UTC)
    current = trace.current()
    if current is not None:
        event.setdefault("trace_id", current.trace_id)
    return event


def _render(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    try:
        line = _encoder.encode(event).decode()
    except (TypeError, ValueError):
        # Half a surrogate in a text, a key that is no text: rare, and still to be told.
        line = json.dumps({str(name): str(value) for name, value in event.items()})
    return scrub(line)


class _Foreign(logging.Handler):
    """Writes what libraries log by the standard module in the same form."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; like every handler, never raise."""
        try:
            event: dict[str, Any] = {"event": record.getMessage(), "logger": record.name}
            if record.exc_info:
                event["exception"] = logging.Formatter().formatException(record.exc_info)
            line = _render(None, "", _stamp(None, record.levelname.lower(), merge_contextvars(None, "", event)))
            self._stream.write(line + "\n")
            self._stream.flush()
        except Exception:  # noqa: BLE001 (a line that cannot be written must not end what it tells about)
            self.handleError(record)
