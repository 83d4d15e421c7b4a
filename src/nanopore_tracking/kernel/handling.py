"""Runs the handlers of a subscription in the transaction that moves the position on, and parks events that fail."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import structlog

from nanopore_tracking.kernel import deadletters, errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Actor, Envelope, Event
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.kernel.streams import TRACEPARENT, Stored
from nanopore_tracking.kernel.telemetry import conventions, trace

#: What is wrong with the surroundings, not with the event: everything is tried again, and nothing is counted.
TRANSIENT = (errors.Unavailable, OSError)

_envelopes = msgspec.json.Decoder(Envelope)
_log = structlog.get_logger("inbox")


@dataclass(frozen=True, slots=True)
class Received:
    """An event as it arrived, with the number that its source gave it. traceparent: from where it was published."""

    envelope: Envelope
    epoch: int
    sequence: int
    traceparent: str | None = None


Handler = Callable[[Transaction, Any, Envelope], Awaitable[None]]
BatchHandler = Callable[[Transaction, list[Received]], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """What a service does with the events of one source: each one once, in their order.

    handlers: by the class of the event, called one by one; types that have none are passed over. every: instead, one
    function for all events, called with a batch. What they do belongs to the transaction that they are given.
    """

    source: str
    handlers: Mapping[type[Event], Handler] = field(default_factory=dict)
    every: BatchHandler | None = None


class _Blocked(Exception):
    """Something in the batch follows a parked event; the events have to be looked at one by one."""


class Handling:
    """One subscription of a service at work."""

    def __init__(self, service: str, subscription: Subscription, *, first_delay_s: float) -> None:
        """first_delay_s: after how long an event that failed is tried again."""
        self.source = subscription.source
        self._service = service
        self._every = subscription.every
        self._first_delay_s = first_delay_s
        self._handlers: dict[str, dict[int, tuple[msgspec.json.Decoder[Any], Handler]]] = {}
        for kind, handler in subscription.handlers.items():
            versions = self._handlers.setdefault(kind.type, {})
            versions[kind.version] = (msgspec.json.Decoder(kind), handler)

    def concerns(self, message: Stored) -> bool:
        """Return whether anything is done with a message; tells it without decoding it."""
        return self._every is not None or message.subject.removeprefix(f"nanopore.{self.source}.") in self._handlers

    async def all(self, tx: Transaction, messages: Sequence[Stored]) -> list[str]:
        """Handle the messages as quickly as possible; any failure leaves it to `each`, in another transaction.

        Returns the outcome of each message.
        """
        received = [read(message) for message in messages]
        subjects = {item.envelope.subject.id for item in received}
        if await deadletters.blocked(tx, self.source, list(subjects)):
            raise _Blocked
        if self._every is not None:
            with self._told(received):
                await self._every(tx, received)
        else:
            for item in received:
                await self._one(tx, item)
        return ["done"] * len(messages)

    async def each(self, tx: Transaction, messages: Sequence[Stored]) -> list[str]:
        """Handle the messages one by one; what fails is undone and parked, and so is what follows for its subject.

        Returns the outcome of each message.
        """
        outcomes = []
        subjects = {subject for subject in map(subject_id, messages) if subject is not None}
        blocked = await deadletters.blocked(tx, self.source, list(subjects))
        for message in messages:
            if subject_id(message) in blocked:
                await self._park(tx, message, failure=None)
                outcomes.append("parked")
                continue
            try:
                async with tx.savepoint():
                    await self.one(tx, read(message))
            except TRANSIENT:
                raise
            except Exception as failure:  # noqa: BLE001 (this is the edge of a handler: whatever it is, the event waits)
                blocked.add(await self._park(tx, message, failure=failure))
                outcomes.append("failed")
            else:
                outcomes.append("done")
        return outcomes

    async def park_foreign(self, tx: Transaction, messages: Sequence[Stored]) -> None:
        """Park messages that the source did not number, for a person to look at."""
        for message in messages:
            await self._park(tx, message, failure=errors.Invalid("The message has no number of its source."))

    async def one(self, tx: Transaction, item: Received) -> None:
        """Handle one event."""
        if self._every is not None:
            with self._told([item]):
                await self._every(tx, [item])
        else:
            await self._one(tx, item)

    async def _one(self, tx: Transaction, item: Received) -> None:
        envelope = item.envelope
        versions = self._handlers.get(envelope.type, {})
        if not versions:
            return
        if envelope.version not in versions:
            raise errors.Invalid(f"Version {envelope.version} of {envelope.type} is not understood here.")
        decoder, handler = versions[envelope.version]
        event = decoder.decode(envelope.data)
        usual, tx.call = tx.call, call_for(self._service, envelope)
        try:
            with self._told([item]):
                await handler(tx, event, envelope)
        finally:
            tx.call = usual

    def _told(self, received: Sequence[Received]) -> AbstractContextManager[object]:
        if not trace.on():
            return trace.within(received[0].traceparent) if len(received) == 1 else trace.NOTHING
        return conventions.processing(self._service, [_message(self.source, item) for item in received])

    async def _park(self, tx: Transaction, message: Stored, *, failure: Exception | None) -> str:
        """Park a message; returns the subject that waits from now on."""
        subject = subject_id(message)
        if subject is None:
            # Nobody knows what it is about: it keeps nothing else waiting.
            subject = f"unreadable {message.position}"
        await deadletters.park(
            tx, self.source, message, subject_id=subject, failure=failure, delay_s=self._first_delay_s
        )
        if failure is not None:
            _log.warning(
                "an event could not be handled and is parked",
                service=self._service,
                source=self.source,
                sequence=message.sequence,
                message_subject=message.subject,
                error=deadletters.described(failure),
            )
        return subject


def read(message: Stored) -> Received:
    """Return the event of a message; Invalid for one that is not understood."""
    try:
        envelope = _envelopes.decode(message.payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as failure:
        raise errors.Invalid(f"The event is not understood: {failure}") from failure
    traceparent = message.headers.get(TRACEPARENT) or envelope.traceparent
    return Received(envelope, message.epoch, message.sequence, traceparent)


def _message(source: str, item: Received) -> conventions.Message:
    envelope = item.envelope
    subject = f"nanopore.{source}.{envelope.type}"
    return conventions.Message(subject, str(envelope.id), item.traceparent, envelope.request_id)


def subject_id(message: Stored) -> str | None:
    """Return what a message is about; None for one that is not understood."""
    try:
        return read(message).envelope.subject.id
    except errors.Invalid:
        return None


def call_for(service: str, envelope: Envelope) -> Call:
    """Return the call of a service that acts because of an event, for whom did that, with the event's request id."""
    return Call(
        actor=Actor(kind="service", id=service, name=service),
        request_id=envelope.request_id,
        traceparent=envelope.traceparent,
        on_behalf_of=envelope.doer,
    )
