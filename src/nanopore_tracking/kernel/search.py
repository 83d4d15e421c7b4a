"""Looks for events in a stream by their numbers, when they are not where they should be."""

from nanopore_tracking.kernel.positions import Watermark
from nanopore_tracking.kernel.reader import Interrupted, Reader
from nanopore_tracking.kernel.streams import Stored, Stream

_BATCH = 500
_PATIENCE_S = 10.0
_STEPS = 25


async def next_event(stream: Stream, watermark: Watermark, *, same_epoch: bool) -> int | None:
    """Return the position of the event that follows the watermark, wherever it is in the stream; None without one.

    If it is nowhere, or same_epoch is False: of the first event of a later epoch, with which a source begins again.
    """
    state = await stream.state()
    if state is None or not state.messages:
        return None
    found: int | None = None
    reader = Reader(stream, batch=_BATCH)
    try:
        await reader.open(state.first_seq)
        position = state.first_seq - 1
        while position < state.last_seq:
            messages = await reader.take(_BATCH, _PATIENCE_S)
            if not messages:
                raise Interrupted("the stream ended before its last message")
            for message in messages:
                if same_epoch and (message.epoch, message.sequence) == (watermark.epoch, watermark.sequence + 1):
                    return message.position
                if found is None and message.epoch > watermark.epoch and message.sequence == 1:
                    found = message.position
            position = messages[-1].position
    finally:
        await reader.close()
    return found


async def same_event(stream: Stream, watermark: Watermark, message: Stored) -> bool:
    """Return whether a message that repeats a number repeats the event as well; True when that cannot be known.

    watermark: before the message; the first message with the number is at its position or before it.
    """
    position = min(watermark.position - (watermark.sequence - message.sequence), message.position - 1)
    seen: set[int] = set()
    while position > 0 and position not in seen and len(seen) < _STEPS:
        seen.add(position)
        found = await stream.at(position)
        if found is None or found.epoch != message.epoch:
            return True
        if found.sequence == message.sequence:
            return found.event_id == message.event_id
        # Numbers grow with the positions, but for what was published twice: every step comes nearer.
        position = min(position + message.sequence - found.sequence, message.position - 1)
    return True
