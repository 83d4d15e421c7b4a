"""What a service does with the events of others and of its own: each event has its effect exactly once, in order."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from nanopore_tracking.kernel import deadletters
from nanopore_tracking.kernel.bus import Bus
from nanopore_tracking.kernel.follower import Follower
from nanopore_tracking.kernel.handling import Handling, Received, Subscription
from nanopore_tracking.kernel.leader import Leadership
from nanopore_tracking.kernel.loops import Loop
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.retries import Retries
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.streams import LARGEST_BATCH, Stream
from nanopore_tracking.kernel.telemetry import metrics

__all__ = ["Inbox", "Received", "Subscription"]

_MEASURE_S = 5.0


class Inbox:
    """The subscriptions of a service in this process. Of several replicas, one follows a source."""

    def __init__(
        self,
        db: Database,
        bus: Bus,
        leadership: Leadership,
        *,
        subscriptions: Sequence[Subscription],
        settings: KernelSettings,
    ) -> None:
        self._db = db
        self._followers: dict[str, Follower] = {}
        self._retries: list[Retries] = []
        for subscription in _one_for_each_source(subscriptions):
            seat = leadership.seat(f"inbox {subscription.source}")
            handling = Handling(db.name, subscription, first_delay_s=settings.event_first_delay_s)
            self._followers[subscription.source] = Follower(
                db,
                bus,
                stream=Stream(bus, subscription.source, settings),
                handling=handling,
                seat=seat,
                batch=min(settings.event_batch, LARGEST_BATCH),
            )
            self._retries.append(Retries(db, handling, seat, settings=settings))
        self._measuring = Loop(f"dead letters of {db.name}", self._measure)

    async def start(self) -> None:
        """Begin; does not wait for anything."""
        for follower in self._followers.values():
            await follower.start()
        for retries in self._retries:
            await retries.start()
        self._measuring.start()

    async def stop(self, patience_s: float = 5.0) -> None:
        """Finish what is at hand, within the time, and end."""
        await asyncio.gather(
            *(follower.stop(patience_s) for follower in self._followers.values()),
            *(retries.stop(patience_s) for retries in self._retries),
            self._measuring.stop(0),
        )

    @property
    def lag(self) -> int:
        """How many events are not handled yet, as far as this replica knows."""
        return sum(follower.lag for follower in self._followers.values())

    def health(self) -> dict[str, Any]:
        """Return for each source whether this replica follows it, how far it is behind, and what is in the way."""
        return {source: follower.health() for source, follower in self._followers.items()}

    async def _measure(self) -> None:
        found = await deadletters.counts(self._db)
        metrics.DEAD_LETTERS.labels(self._db.name).set(found["dead"])
        metrics.WAITING_LETTERS.labels(self._db.name).set(found["waiting"])
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._measuring.stopping.wait(), _MEASURE_S)


def _one_for_each_source(subscriptions: Sequence[Subscription]) -> list[Subscription]:
    """Join subscriptions to the same source, as there is one position for each; ValueError where that is ambiguous."""
    joined: dict[str, Subscription] = {}
    for subscription in subscriptions:
        before = joined.get(subscription.source)
        if before is None:
            joined[subscription.source] = subscription
            continue
        if before.every or subscription.every or before.handlers.keys() & subscription.handlers.keys():
            raise ValueError(f"two subscriptions handle the same events of {subscription.source}")
        joined[subscription.source] = Subscription(
            source=subscription.source, handlers={**before.handlers, **subscription.handlers}
        )
    return list(joined.values())
