"""Announces who was refused a change that their account may not make: gathered, so that nobody can fill the log."""

from dataclasses import dataclass, field

from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import AccessRefused, Actor, Subject
from nanopore_tracking.kernel.postgres import Database

#: Different places that one event names.
MOST_PLACES = 20


__all__ = ["AccessRefused", "Refusals"]


@dataclass
class _Waiting:
    """What one caller was refused and is not announced yet. request_id: of the last time."""

    actor: Actor
    request_id: str = ""
    count: int = 0
    places: set[str] = field(default_factory=set)


class Refusals:
    """What this process refused lately, by caller: there are no more of them than there are accounts and tokens."""

    def __init__(self) -> None:
        self._by_caller: dict[tuple[str, str], _Waiting] = {}

    def note(self, call: Call, place: str) -> None:
        """Remember that a call was refused. place: method and route."""
        key = (call.actor.kind, call.actor.id)
        waiting = self._by_caller.setdefault(key, _Waiting(call.actor))
        waiting.request_id = call.request_id
        waiting.count += 1
        if len(waiting.places) < MOST_PLACES:
            waiting.places.add(place)

    async def announce(self, db: Database) -> None:
        """Announce what was gathered, one event for each caller; what cannot be stored now waits for the next time."""
        for key, waiting in list(self._by_caller.items()):
            del self._by_caller[key]
            try:
                async with db.transaction(Call(actor=waiting.actor, request_id=waiting.request_id)) as tx:
                    event = AccessRefused(count=waiting.count, places=sorted(waiting.places))
                    tx.announce(event, subject=_who(waiting.actor))
            except BaseException:
                self._put_back(key, waiting)
                raise

    def _put_back(self, key: tuple[str, str], waiting: _Waiting) -> None:
        since = self._by_caller.setdefault(key, _Waiting(waiting.actor, waiting.request_id))
        since.count += waiting.count
        since.places |= waiting.places


def _who(actor: Actor) -> Subject:
    return Subject("account" if actor.kind == "person" else actor.kind, actor.id, actor.name)
