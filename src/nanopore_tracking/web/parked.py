"""How many events and sagas wait for a person, in all services: counted now and then for those who may decide."""

import asyncio
import contextlib
import time
from collections.abc import Sequence

from nanopore_tracking.web.clients.operations import Operations

#: The services that can have them.
SERVICES = ("sample", "ai", "config", "audit", "backup")
#: Seconds for which a count is shown without asking again, and that a page waits for it at most.
AGAIN_S = 30.0
PATIENCE_S = 0.3


class Parked:
    """The last known count; a service that does not answer in time is left out of it until the next look."""

    def __init__(self) -> None:
        self._count = 0
        self._until = 0.0

    async def count(self, services: Sequence[Operations]) -> int:
        """Return the count, at most fifty of both for each service."""
        if time.monotonic() >= self._until:
            self._until = time.monotonic() + AGAIN_S
            asked = [_waiting_for_a_person(service) for service in services]
            self._count = sum(await asyncio.gather(*asked))
        return self._count

    def forget(self) -> None:
        """Count again when it is needed next, because somebody decided."""
        self._until = 0.0


async def _waiting_for_a_person(service: Operations) -> int:
    # It stands at the side of a page about something else, which does not fail with it.
    with contextlib.suppress(Exception):
        async with asyncio.timeout(PATIENCE_S):
            dead, stuck = await asyncio.gather(service.dead_letters(state="dead"), service.sagas(state="stuck"))
            return len(dead.items) + len(stuck.items)
    return 0
