"""What people do with deliveries begins their handover, lets it go on, or ends it."""

from nanopore_tracking.contracts.events.sample import DeliveryReleased, DeliveryStateChanged, DeliveryVerified
from nanopore_tracking.kernel.events import Envelope
from nanopore_tracking.kernel.inbox import Subscription
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.handovers import commands, model
from nanopore_tracking.services.sample.mails import commands as mails


async def verified(tx: Transaction, event: DeliveryVerified, _envelope: Envelope) -> None:
    """Let the handover go on once everything is there; what was released before goes nowhere."""
    if event.whole and event.state == "verified":
        await commands.tell(tx, event.delivery_id, model.ARRIVED)


async def released(tx: Transaction, event: DeliveryReleased, _envelope: Envelope) -> None:
    """Let the handover go on: what a person released was found whole before."""
    await commands.tell(tx, event.delivery_id, model.ARRIVED, model.RELEASED)


async def state_changed(tx: Transaction, event: DeliveryStateChanged, envelope: Envelope) -> None:
    """Begin the handover with the copying; end it where the delivery is taken back, and tell a customer who has it."""
    if event.state == "copying" and event.before_state == "prepared":
        await commands.begin(tx, event.delivery_id)
    elif event.state == "prepared":
        await commands.end(tx, event.delivery_id, f"The delivery is prepared again: {event.reason}")
    elif event.state == "retracted":
        await commands.end(tx, event.delivery_id, f"The delivery was retracted: {event.reason}")
        if event.released_at is not None and event.submission_id is not None:
            facts = {"delivery": event.code, "reason": event.reason}
            await mails.queue(tx, event.submission_id, "retracted", event_id=envelope.id, **facts)


SUBSCRIPTIONS = [
    Subscription(
        source="sample",
        handlers={DeliveryVerified: verified, DeliveryReleased: released, DeliveryStateChanged: state_changed},
    )
]
