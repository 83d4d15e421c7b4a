"""Submissions of the sample service, as they change."""

from nanopore_tracking.contracts.events.sample import (
    SubmissionAccepted,
    SubmissionCancelled,
    SubmissionChanged,
    SubmissionCreated,
    SubmissionEvent,
    SubmissionRejected,
    SubmissionReviewStarted,
)
from nanopore_tracking.kernel.events import Envelope
from nanopore_tracking.kernel.inbox import Subscription
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.submissions import commands


async def submission_changed(tx: Transaction, event: SubmissionEvent, _envelope: Envelope) -> None:
    """Keep the submission as it is now."""
    await commands.keep(tx, event)


SUBSCRIPTIONS = [
    Subscription(
        source="sample",
        handlers={
            SubmissionCreated: submission_changed,
            SubmissionChanged: submission_changed,
            SubmissionReviewStarted: submission_changed,
            SubmissionAccepted: submission_changed,
            SubmissionRejected: submission_changed,
            SubmissionCancelled: submission_changed,
        },
    )
]
