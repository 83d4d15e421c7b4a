"""What is done with catalogues and facility settings here: a copy of what was published is kept."""

from nanopore_tracking.contracts.events.config import CataloguePublished, SettingChanged
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


async def keep_setting(tx: Transaction, changed: SettingChanged) -> None:
    """Keep the value that a facility setting has now."""
    await store.keep_setting(tx, changed.name, value=changed.value, version=changed.setting_version)
