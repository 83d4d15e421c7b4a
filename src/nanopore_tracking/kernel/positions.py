"""Decides which messages of a stream are handled: each event of a source once, in its order, with none left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nanopore_tracking.kernel.streams import Stored


@dataclass(frozen=True)
class Watermark:
    """Up to where the events of a source have had their effect. position: of the last one, in the stream.

    The sequence decides; the position only tells where to go on reading.
    """

    epoch: int
    sequence: int
    position: int

    @property
    def untouched(self) -> bool:
        """Whether nothing of the source was handled yet."""
        return self.sequence == 0

    def follows(self, message: Stored) -> bool:
        """Return whether a message is the very next event.

        A source begins a new epoch at 1 when it cannot go on with the old numbers. Who has handled nothing yet begins
        with whatever the stream still has.
        """
        if self.untouched:
            return True
        if message.epoch == self.epoch:
            return message.sequence == self.sequence + 1
        return message.epoch > self.epoch and message.sequence == 1

    def covers(self, message: Stored) -> bool:
        """Return whether a message is an event that has had its effect, or never will because of a new epoch."""
        return not self.untouched and (message.epoch, message.sequence) <= (self.epoch, self.sequence)


@dataclass
class Sifted:
    """What is to be done with messages that were read.

    handled: they follow one another and the watermark; foreign: they have no number, so that nobody knows where they
    come from; repeated: the last of each run of events that have had their effect; gap: the first message that must not
    be handled, as something before it is missing. watermark: after all that.
    """

    watermark: Watermark
    handled: list[Stored] = field(default_factory=list)
    foreign: list[Stored] = field(default_factory=list)
    repeated: list[Stored] = field(default_factory=list)
    dropped: int = 0
    gap: Stored | None = None


def sift(watermark: Watermark, messages: Sequence[Stored]) -> Sifted:
    """Sort out messages in the order of the stream; stops at a gap."""
    found = Sifted(watermark)
    for message in messages:
        now = found.watermark
        if not (message.epoch and message.sequence):
            found.foreign.append(message)
            found.watermark = replace(now, position=message.position)
        elif now.follows(message):
            found.handled.append(message)
            found.watermark = Watermark(message.epoch, message.sequence, message.position)
        elif now.covers(message):
            found.dropped += 1
            last = found.repeated[-1] if found.repeated else None
            if last is not None and (last.epoch, last.sequence + 1) == (message.epoch, message.sequence):
                found.repeated.pop()
            found.repeated.append(message)
            found.watermark = replace(now, position=message.position)
        else:
            found.gap = message
            break
    return found
