"""What the ai service announces of manifests becomes submissions."""

from nanopore_tracking.contracts.events.ai import ManifestRead, ManifestRowsRead
from nanopore_tracking.kernel.events import Envelope
from nanopore_tracking.kernel.inbox import Subscription
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.manifests import commands


async def manifest_read(tx: Transaction, event: ManifestRead, envelope: Envelope) -> None:
    """Begin a submission in the name of the person who sent the document."""
    await commands.begin(tx, event, by=(envelope.doer or envelope.actor).name)


async def manifest_rows_read(tx: Transaction, event: ManifestRowsRead, _envelope: Envelope) -> None:
    """Append the rows."""
    await commands.append(tx, event)


SUBSCRIPTIONS = [
    Subscription(source="ai", handlers={ManifestRead: manifest_read, ManifestRowsRead: manifest_rows_read})
]
