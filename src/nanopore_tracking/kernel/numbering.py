"""Finds out whether the numbering of a source still fits its stream, and begins a new epoch when it does not.

A database that was restored, or that failed over to a copy that lagged behind, would give numbers a second time; its
consumers would take the new events for duplicates and drop them.
"""

from typing import Literal
from uuid import UUID

import structlog
from prometheus_client import Counter

from nanopore_tracking.kernel import errors, outbox
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.outbox import Numbering
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.reader import Interrupted, Reader
from nanopore_tracking.kernel.streams import State, Stored, Stream

_RESTARTS = Counter("event_bus_new_epochs_total", "Epochs begun because numbers were given already.", ("service",))
_BATCH = 500
_PATIENCE_S = 10.0

Verdict = Literal["fits", "given already", "stream lost"]

_log = structlog.get_logger("numbering")


def judge(numbering: Numbering, last: Stored | None, state: State) -> Verdict:
    """Say whether the next events may get the next numbers. last: the last message of the stream, if there is one."""
    if last is None:
        # A stream whose messages are all too old for it has a last position; one that was made anew has none.
        return "stream lost" if state.last_seq == 0 and numbering.first > 1 else "fits"
    if (last.epoch, last.sequence) >= (numbering.epoch, numbering.next_sequence):
        return "given already"
    if last.epoch == numbering.epoch:
        return "fits" if last.sequence >= numbering.first - 1 else "stream lost"
    return "fits" if numbering.first == 1 else "stream lost"


async def check(db: Database, stream: Stream) -> None:
    """Compare the database with the stream, once before publishing; Unavailable when one of them does not answer."""
    _RESTARTS.labels(db.name)  # Counted from nought: a counter that begins with its first one hides it.
    state, last = await stream.ensure(), await stream.last()
    call = Call.system(db.name)
    async with db.transaction(call) as tx:
        numbering = await outbox.lock(tx, db.name)
    verdict = judge(numbering, last, state)
    if verdict == "stream lost":
        _log.error(
            "the stream has lost events: consumers that had not handled them wait for a person",
            service=db.name,
            epoch=numbering.epoch,
            published_to=numbering.first - 1,
            stream_has=last.sequence if last else 0,
        )
    if verdict != "given already" or last is None:
        return
    told = await _told(stream, state, numbering)
    async with db.transaction(call) as tx:
        if await outbox.lock(tx, db.name) != numbering:
            raise errors.Unavailable("Another replica publishes now. Nothing was changed.", type="not-leading")
        moved = await outbox.renumber(tx, db.name, epoch=max(numbering.epoch, last.epoch) + 1, told=told)
    _RESTARTS.labels(db.name).inc()
    _log.error(
        "the database is older than the stream; a new epoch has begun, and what other services did since stays",
        service=db.name,
        epoch=moved.epoch,
        published_to=last.sequence,
        database_has=numbering.first - 1,
    )


async def _told(stream: Stream, state: State, numbering: Numbering) -> list[UUID]:
    """Return the identifiers of the events in the stream of which the database does not know that they were told."""
    reader = Reader(stream, batch=_BATCH)
    found: list[UUID] = []
    try:
        await reader.open(state.first_seq)
        position = state.first_seq - 1
        while position < state.last_seq:
            messages = await reader.take(_BATCH, _PATIENCE_S)
            if not messages:
                raise Interrupted("the stream ended before its last message")
            position = messages[-1].position
            found += [
                UUID(message.event_id)
                for message in messages
                if message.event_id and (message.epoch, message.sequence) >= (numbering.epoch, numbering.first)
            ]
    finally:
        await reader.close()
    return found
