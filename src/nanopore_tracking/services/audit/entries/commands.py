"""The one thing that can be done with the log: add to it."""

from collections.abc import Sequence

from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.audit.entries import store
from nanopore_tracking.services.audit.entries.model import Entry


async def record(tx: Transaction, entries: Sequence[Entry]) -> None:
    """Add entries in their order."""
    if entries:
        await store.append_entries(tx, entries, tx.call.at)
