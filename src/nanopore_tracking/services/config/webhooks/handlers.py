"""Every event of every service waits for the endpoints that it concerns, in the transaction of the position."""

from collections.abc import Sequence

from nanopore_tracking.kernel.inbox import Received, Subscription
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.config.webhooks import commands

SOURCES = ("sample", "ai", "audit", "backup", "config")


async def keep(tx: Transaction, received: Sequence[Received]) -> None:
    """Keep a batch of events for the endpoints."""
    await commands.keep(tx, [item.envelope for item in received])


SUBSCRIPTIONS = [Subscription(source=source, every=keep) for source in SOURCES]
