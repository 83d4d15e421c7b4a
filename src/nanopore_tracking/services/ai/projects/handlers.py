"""Projects of the sample service, as they change."""

from nanopore_tracking.contracts.events.sample import ProjectChanged
from nanopore_tracking.kernel.events import Envelope
from nanopore_tracking.kernel.inbox import Subscription
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.projects import commands


async def project_changed(tx: Transaction, event: ProjectChanged, _envelope: Envelope) -> None:
    """Keep the project as it is now."""
    await commands.keep(tx, event)


SUBSCRIPTIONS = [Subscription(source="sample", handlers={ProjectChanged: project_changed})]
