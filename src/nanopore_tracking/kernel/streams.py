"""The stream of one source's events in JetStream: made, looked into, and written in batches that are kept whole."""

import base64
import binascii
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.bus import Bus
from nanopore_tracking.kernel.settings import KernelSettings

SEQUENCE = "Nanopore-Sequence"
EPOCH = "Nanopore-Epoch"
EVENT_ID = "Nanopore-Event-Id"
TRACEPARENT = "traceparent"

#: The most messages of one batch; the server refuses more than 1,000.
LARGEST_BATCH = 500
_COMMIT_S = 10.0
_NO_STREAM = 10059
_NO_MESSAGE = 10037
_NANOSECONDS = 1_000_000_000
_KEPT_WHEN_CHANGED = ("subjects", "max_age", "max_bytes", "num_replicas", "allow_atomic", "discard")

_log = structlog.get_logger("bus")


class _Failure(msgspec.Struct, frozen=True):
    code: int = 0
    err_code: int = 0
    description: str = ""


class State(msgspec.Struct, frozen=True):
    """What a stream holds: how many messages, the position of the first one and of the last one there ever was."""

    messages: int = 0
    first_seq: int = 0
    last_seq: int = 0


class _Info(msgspec.Struct, frozen=True):
    config: dict[str, Any] = {}
    state: State = State()
    error: _Failure | None = None


class _Kept(msgspec.Struct, frozen=True):
    subject: str
    seq: int
    hdrs: str = ""
    data: str = ""


class _Found(msgspec.Struct, frozen=True):
    message: _Kept | None = None
    error: _Failure | None = None


class _Acknowledged(msgspec.Struct, frozen=True):
    seq: int = 0
    error: _Failure | None = None


class Refused(errors.Unavailable):
    """JetStream answered, and did not do it. code: its own number for the reason."""

    def __init__(self, failure: _Failure) -> None:
        self.code = failure.err_code
        super().__init__(
            f"The event bus refused: {failure.description}. Nothing is lost; it is tried again.", type="bus-refused"
        )


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be published."""

    subject: str
    payload: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Stored:
    """A message of a stream. position: its number in the stream; pending: how many come after it."""

    subject: str
    position: int
    headers: Mapping[str, str]
    payload: bytes
    pending: int = 0

    @property
    def epoch(self) -> int:
        """The epoch of the numbering that `sequence` belongs to; 0 without one."""
        return _number(self.headers.get(EPOCH))

    @property
    def sequence(self) -> int:
        """The number that its source gave it; 0 without one."""
        return _number(self.headers.get(SEQUENCE))

    @property
    def event_id(self) -> str | None:
        """The identifier of the event, as text."""
        return self.headers.get(EVENT_ID)


class Stream:
    """The stream of one source."""

    def __init__(self, bus: Bus, source: str, settings: KernelSettings) -> None:
        self.bus = bus
        self.source = source
        self.name = f"NANOPORE_{source}"
        self._settings = settings
        self._atomic: bool | None = None

    def subject(self, event_type: str) -> str:
        """Return the subject of events of a type."""
        return f"nanopore.{self.source}.{event_type}"

    def event_type(self, subject: str) -> str:
        """Return the type of the events of a subject."""
        return subject.removeprefix(f"nanopore.{self.source}.")

    async def ensure(self) -> State:
        """Make the stream if it is not there, bring its limits to the settings, and return what it holds."""
        wanted = self._wanted()
        info = await self._info("INFO")
        if info.error is not None and info.error.err_code == _NO_STREAM:
            info = await self._info("CREATE", wanted)
            _log.info("stream made", stream=self.name)
        if info.error is not None:
            raise Refused(info.error)
        if any(info.config.get(name) != wanted[name] for name in _KEPT_WHEN_CHANGED):
            info = await self._changed(info, wanted)
        self._atomic = bool(info.config.get("allow_atomic"))
        return info.state

    async def state(self) -> State | None:
        """Return what the stream holds; None when there is no stream yet."""
        info = await self._info("INFO")
        if info.error is None:
            return info.state
        if info.error.err_code == _NO_STREAM:
            return None
        raise Refused(info.error)

    async def at(self, position: int) -> Stored | None:
        """Return the message at a position; None when there is none (any more)."""
        return await self._message({"seq": position})

    async def last(self) -> Stored | None:
        """Return the last message; None when there is none (any more)."""
        return await self._message({"last_by_subj": f"nanopore.{self.source}.>"})

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Publish the messages in their order: all or none where the server can, else one by one.

        After an error it is not known what was published; the same messages have to be published again.
        """
        if self._atomic is None:
            await self.ensure()
        try:
            if self._atomic and 1 < len(messages) <= LARGEST_BATCH:
                await self._publish_batch(messages)
            else:
                for message in messages:
                    _check(await self.bus.request(message.subject, message.payload, headers=message.headers))
        except errors.Unavailable:
            # It may be another server by now, or one without the stream.
            self._atomic = None
            raise

    async def _publish_batch(self, messages: Sequence[Outgoing]) -> None:
        batch_id = uuid.uuid4().hex
        for number, message in enumerate(messages[:-1], 1):
            headers = message.headers | {"Nats-Batch-Id": batch_id, "Nats-Batch-Sequence": str(number)}
            await self.bus.send(message.subject, message.payload, headers=headers)
        last = messages[-1]
        headers = last.headers | {
            "Nats-Batch-Id": batch_id,
            "Nats-Batch-Sequence": str(len(messages)),
            "Nats-Batch-Commit": "1",
        }
        _check(await self.bus.request(last.subject, last.payload, headers=headers, timeout_s=_COMMIT_S))

    def _wanted(self) -> dict[str, Any]:
        settings = self._settings
        return {
            "name": self.name,
            "description": f"Events of the {self.source} service.",
            "subjects": [f"nanopore.{self.source}.>"],
            "retention": "limits",
            "storage": "file",
            # A full stream refuses: the outbox keeps what does not fit, instead of the stream forgetting the oldest.
            "discard": "new",
            "max_age": settings.event_kept_days * 86_400 * _NANOSECONDS,
            "max_bytes": settings.event_kept_bytes or -1,
            "num_replicas": settings.event_replicas,
            "allow_atomic": True,
            "allow_direct": True,
            "deny_delete": True,
            "deny_purge": True,
        }

    async def _info(self, action: str, body: dict[str, Any] | None = None) -> _Info:
        payload = b"" if body is None else msgspec.json.encode(body)
        answer = await self.bus.request(f"$JS.API.STREAM.{action}.{self.name}", payload)
        return msgspec.json.decode(answer, type=_Info)

    async def _changed(self, info: _Info, wanted: dict[str, Any]) -> _Info:
        """Change the limits of a stream that is there; one that may not be changed is used as it is."""
        config = info.config | {name: wanted[name] for name in _KEPT_WHEN_CHANGED}
        changed = await self._info("UPDATE", config)
        if changed.error is None:
            return changed
        _log.warning("the stream keeps its limits", stream=self.name, reason=changed.error.description)
        return info

    async def _message(self, which: dict[str, Any]) -> Stored | None:
        answer = await self.bus.request(f"$JS.API.STREAM.MSG.GET.{self.name}", msgspec.json.encode(which))
        found = msgspec.json.decode(answer, type=_Found)
        if found.message is None:
            if found.error is not None and found.error.err_code not in {_NO_MESSAGE, _NO_STREAM}:
                raise Refused(found.error)
            return None
        kept = found.message
        return Stored(kept.subject, kept.seq, _headers(kept.hdrs), base64.b64decode(kept.data))


def _check(answer: bytes) -> None:
    """Raise Refused unless the answer says that something was stored."""
    try:
        said = msgspec.json.decode(answer, type=_Acknowledged)
    except msgspec.MsgspecError:
        said = _Acknowledged(error=_Failure(description="an answer that is not understood"))
    if said.error is not None:
        raise Refused(said.error)


def _headers(encoded: str) -> dict[str, str]:
    try:
        lines = base64.b64decode(encoded).decode("utf-8", "replace").split("\r\n")[1:]
    except binascii.Error:
        return {}
    pairs = (line.partition(":") for line in lines if line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 19 else 0
