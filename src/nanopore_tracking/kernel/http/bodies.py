"""Reads the body of a request within its limits and decodes it strictly; nothing that is sent makes it fail."""

import asyncio
import contextlib
import json
import math
from collections.abc import Iterator
from typing import Any

import msgspec

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import problems
from nanopore_tracking.kernel.http.ask import Context

#: Bytes that a body may have where the route does not say otherwise (opt `body_limit`).
DEFAULT_LIMIT_BYTES = 1_000_000
#: Seconds in which a JSON body must have arrived.
ARRIVAL_S = 30.0

_JSON_TYPES = (b"application/json", b"application/json;charset=utf-8")


class Gone(Exception):
    """The caller closed the connection before the body was complete; nobody is left to be answered."""


def too_large(limit_bytes: int) -> errors.TooLarge:
    """Return the refusal of a body over the limit."""
    return errors.TooLarge(f"What was sent is larger than {limit_bytes:,} bytes. Nothing was changed.")


async def read(context: Context, receive: Any, limit_bytes: int, *, arrived: bool = False) -> bytes:
    """Return the whole body; TooLarge as soon as it is over the limit, TooSlow when it takes too long to arrive.

    arrived: all of it is here, so that no clock is needed, which costs more than reading it.
    """
    announced = context.headers.get(b"content-length")
    if announced is not None and announced.isdigit() and int(announced[:15]) > limit_bytes:
        raise too_large(limit_bytes)
    chunks = []
    size_bytes = 0
    try:
        async with contextlib.nullcontext() if arrived else asyncio.timeout(ARRIVAL_S):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                chunk = message.get("body", b"")
                size_bytes += len(chunk)
                if size_bytes > limit_bytes:
                    raise too_large(limit_bytes)
                chunks.append(chunk)
                if not message.get("more_body", False):
                    break
    except TimeoutError:
        message = f"The body did not arrive within {ARRIVAL_S:.0f} s. Nothing was changed."
        raise problems.TooSlow(message) from None
    context.body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
    return context.body


class Body:
    """The decoder of one route's body."""

    def __init__(self, kind: Any) -> None:
        """kind: the annotation of the handler's `data`."""
        self._kind = kind
        self._decoder = msgspec.json.Decoder(kind)

    def decode(self, context: Context) -> Any:
        """Return the body as the annotated type; Invalid with the path of every wrong field, UnsupportedMedia."""
        _refuse_other_media(context)
        body = context.body
        try:
            found = self._decoder.decode(body)
            _NAMES.decode(body.decode())
        except msgspec.ValidationError as failure:
            raise _invalid(_fields(self._kind, body, failure)) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as failure:
            if fields := _no_json(body):
                raise _invalid(fields) from None
            raise errors.Invalid(f"The body cannot be read as JSON: {_reason(failure)}. Nothing was changed.") from None
        except RecursionError:
            raise errors.Invalid("The body is nested too deeply. Nothing was changed.") from None
        except _Twice as twice:
            raise _invalid([errors.FieldError(str(twice), "This field is named twice.")]) from None
        if b"\\u0000" in body:
            _refuse_nul(body)
        return found


def _fields(kind: Any, body: bytes, failure: msgspec.ValidationError) -> list[errors.FieldError]:
    """Return what is wrong with every field of the outermost object; the decoder stops at the first one."""
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        content = None
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(content, dict)):
        return [problems.of_invalid(failure, kind=kind, content=content)]
    found = []
    known = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name, field in known.items():
        if name not in content:
            if field.required:
                found.append(errors.FieldError(name, "This is missing."))
            continue
        try:
            msgspec.convert(content[name], field.type)
        except msgspec.ValidationError as wrong:
            found.append(problems.of_invalid(wrong, prefix=name, kind=field.type, content=content[name]))
    if kind.__struct_config__.forbid_unknown_fields:
        found += [errors.FieldError(name[:100], "This is not known here.") for name in content if name not in known]
    return found[:100] or [problems.of_invalid(failure, kind=kind, content=content)]


def _invalid(fields: list[errors.FieldError]) -> errors.Invalid:
    if len(fields) > 1:
        return errors.Invalid(f"{len(fields)} fields are not as they must be. Nothing was changed.", fields=fields)
    where = fields[0].path or "The body"
    return errors.Invalid(f"{where}: {fields[0].message} Nothing was changed.", fields=fields)


def _reason(failure: Exception) -> str:
    if isinstance(failure, UnicodeDecodeError):
        return "it is not UTF-8"
    reason = str(failure).removeprefix("JSON is malformed: ")
    return "it ends too early" if reason == "Input data was truncated" else reason


def _refuse_other_media(context: Context) -> None:
    sent = context.headers.get(b"content-type", b"")
    if sent != b"application/json" and sent.lower().replace(b" ", b"") not in _JSON_TYPES:
        raise errors.UnsupportedMedia("Send the body as application/json in UTF-8. Nothing was changed.")
    if context.headers.get(b"content-encoding", b"identity") != b"identity":
        raise errors.UnsupportedMedia("Send the body without compression. Nothing was changed.")


class _Twice(ValueError):
    """A field is named twice in one object."""


def _refuse_twice(pairs: list[tuple[str, Any]]) -> None:
    names = {name for name, _ in pairs}
    if len(names) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _Twice(name[:100])
            seen.add(name)


#: Reads only the names; made once, as making it costs more than reading a small body.
_NAMES = json.JSONDecoder(object_pairs_hook=_refuse_twice)


def _walk(content: Any) -> Iterator[tuple[str, Any]]:
    """Yield each value and each name in a document, with the path at which it stands."""
    waiting: list[tuple[str, Any]] = [("", content)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if isinstance(value, dict):
            waiting += [(f"{path}.{name}".lstrip("."), inner) for name, inner in value.items()]
            waiting += [(path, name) for name in value]
        elif isinstance(value, list):
            waiting += [(f"{path}[{index}]", inner) for index, inner in enumerate(value)]


def _refuse_nul(body: bytes) -> None:
    """Refuse text with the character NUL, which no database column takes."""
    for path, value in _walk(msgspec.json.decode(body)):
        if isinstance(value, str) and "\x00" in value:
            raise _invalid([errors.FieldError(path, "This has the character NUL, which is not allowed.")])


def _no_json(body: bytes) -> list[errors.FieldError]:
    """Return where NaN, Infinity or half a character stands, which some programs write and JSON does not have."""
    try:
        content = json.loads(body.decode())
    except (ValueError, RecursionError):
        return []
    found = []
    for path, value in _walk(content):
        shown = path.encode(errors="replace").decode()[:200]
        if isinstance(value, float) and not math.isfinite(value):
            found.append(errors.FieldError(shown, "This is NaN or infinite, where a number is expected."))
        elif isinstance(value, str) and value.encode(errors="ignore").decode() != value:
            found.append(errors.FieldError(shown, "This has half of a character (a lone surrogate)."))
    return found[:100]
