"""The one thing that is done with catalogues here: keep a copy of what was published."""

from nanopore_tracking.contracts.events.config import CataloguePublished
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.catalogue import store


async def keep(tx: Transaction, published: CataloguePublished) -> None:
    """Keep one published version of a catalogue beside the earlier ones."""
    await store.keep(
        tx,
        published.catalogue,
        version=published.catalogue_version,
        effective_from=published.effective_from,
        entries=published.entries,
    )
