"""Every event of every service becomes an entry, in the transaction that moves the log's position on."""

from collections.abc import Sequence

from nanopore_tracking.kernel.inbox import Received, Subscription
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.audit.entries import commands, model

SOURCES = ("sample", "ai", "audit", "backup", "config")


async def record(tx: Transaction, received: Sequence[Received]) -> None:
    """Add a batch of events to the log."""
    entries = [model.entry(item.envelope, epoch=item.epoch, source_sequence=item.sequence) for item in received]
    await commands.record(tx, entries)


SUBSCRIPTIONS = [Subscription(source=source, every=record) for source in SOURCES]
