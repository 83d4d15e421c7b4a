"""What happens to a submission is told to who asked for it: one handler for each event that is worth a mail."""

from nanopore_tracking.contracts.events.sample import (
    SubmissionAccepted,
    SubmissionQuestionAsked,
    SubmissionRejected,
    SubmissionReviewStarted,
)
from nanopore_tracking.kernel.events import Envelope
from nanopore_tracking.kernel.inbox import Subscription
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.mails import commands


async def received(tx: Transaction, event: SubmissionReviewStarted, envelope: Envelope) -> None:
    """Tell that a submission has arrived."""
    facts = {"row_count": event.row_count}
    await commands.queue(tx, event.submission_id, "received", event_id=envelope.id, **facts)


async def accepted(tx: Transaction, event: SubmissionAccepted, envelope: Envelope) -> None:
    """Tell that the tubes can be sent."""
    facts = {"sample_count": event.sample_count}
    await commands.queue(tx, event.submission_id, "accepted", event_id=envelope.id, **facts)


async def asked(tx: Transaction, event: SubmissionQuestionAsked, envelope: Envelope) -> None:
    """Ask what the laboratory has to know before it goes on."""
    await commands.queue(tx, event.submission_id, "question", event_id=envelope.id, question=event.question.body)


async def rejected(tx: Transaction, event: SubmissionRejected, envelope: Envelope) -> None:
    """Tell why nothing is started."""
    await commands.queue(tx, event.submission_id, "rejected", event_id=envelope.id, reason=event.reason)


SUBSCRIPTIONS = [
    Subscription(
        source="sample",
        handlers={
            SubmissionReviewStarted: received,
            SubmissionAccepted: accepted,
            SubmissionQuestionAsked: asked,
            SubmissionRejected: rejected,
        },
    )
]
