"""What the ai service announces of the readings that accepted submissions came from."""

from nanopore_tracking.contracts.events.ai import ExtractionClaimed, ExtractionClaimRefused
from nanopore_tracking.kernel.events import Envelope
from nanopore_tracking.kernel.inbox import Subscription
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.decisions import commands


async def extraction_claimed(tx: Transaction, event: ExtractionClaimed, _envelope: Envelope) -> None:
    """Let the intake go on."""
    await commands.answer_intake(tx, event.submission_id)


async def extraction_claim_refused(tx: Transaction, event: ExtractionClaimRefused, _envelope: Envelope) -> None:
    """Let the intake be given up."""
    await commands.answer_intake(tx, event.submission_id, event.message)


SUBSCRIPTIONS = [
    Subscription(
        source="ai",
        handlers={ExtractionClaimed: extraction_claimed, ExtractionClaimRefused: extraction_claim_refused},
    )
]
