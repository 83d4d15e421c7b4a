"""What the config service announces of catalogues and facility settings becomes an own copy."""

from nanopore_tracking.contracts.events.config import CataloguePublished, SettingChanged
from nanopore_tracking.kernel.events import Envelope
from nanopore_tracking.kernel.inbox import Subscription
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.catalogue import commands


async def catalogue_published(tx: Transaction, event: CataloguePublished, _envelope: Envelope) -> None:
    """Keep the published version."""
    await commands.keep(tx, event)


async def setting_changed(tx: Transaction, event: SettingChanged, _envelope: Envelope) -> None:
    """Keep the value."""
    await commands.keep_setting(tx, event)


SUBSCRIPTIONS = [
    Subscription(source="config", handlers={CataloguePublished: catalogue_published, SettingChanged: setting_changed})
]
