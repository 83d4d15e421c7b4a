"""What the sample service announces of the intake of submissions that were read from documents."""

from nanopore_tracking.contracts.events.sample import SubmissionIntakeStarted, SubmissionIntakeUndone
from nanopore_tracking.kernel.events import Envelope
from nanopore_tracking.kernel.inbox import Subscription
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.extractions import commands


async def intake_started(tx: Transaction, event: SubmissionIntakeStarted, _envelope: Envelope) -> None:
    """Let the reading belong to the submission, or say why it cannot."""
    await commands.give(tx, event.extraction_id, event.submission_id, code=event.code)


async def intake_undone(tx: Transaction, event: SubmissionIntakeUndone, _envelope: Envelope) -> None:
    """Let the reading belong to nobody again."""
    await commands.release(tx, event.extraction_id, event.submission_id)


SUBSCRIPTIONS = [
    Subscription(
        source="sample",
        handlers={SubmissionIntakeStarted: intake_started, SubmissionIntakeUndone: intake_undone},
    )
]
