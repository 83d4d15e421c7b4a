"""The one thing that people do about what was charged: take it back."""

from uuid import UUID

from nanopore_tracking.contracts.api.sample.charges import NewCredit
from nanopore_tracking.contracts.events.sample.charges import BillingCredited
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.billing import model, store
from nanopore_tracking.services.sample.billing.model import Credit
from nanopore_tracking.services.sample.labs import model as labs

_SAID = ("charge_code", "item", "unit_price_cents", "currency", "price_version", "subject_code")


async def credit(tx: Transaction, lab_id: UUID, event_id: UUID, *, asked: NewCredit, scope: store.Scope) -> Written:
    """Credit a billing event, in the month of today; NotFound, Invalid, or Conflict for more than is left of it."""
    reason = asked.reason.strip()
    labs.require({"reason": reason}, "reason")
    charged = await store.lock_event(tx, scope, lab_id=lab_id, event_id=event_id)
    quantity = model.creditable(charged["quantity"], credited=charged["credited"], asked=asked.quantity)
    said = {name: charged[name] for name in _SAID}
    made = Credit(
        id=uuid7(),
        event_id=event_id,
        fact_id=charged["fact_id"],
        quantity=quantity,
        charged_at=charged["happened_at"],
        reason=reason,
        credited_by=tx.call.by,
        credited_at=tx.call.at,
        **said,
    )
    await store.insert_credit(tx, lab_id, made)
    tx.announce(
        BillingCredited(
            billing_credit_id=made.id,
            billing_event_id=event_id,
            lab_id=lab_id,
            project_id=charged["project_id"],
            quantity=-quantity,
            charged_at=made.charged_at,
            reason=reason,
            **said,
        ),
        subject=Subject("billing_event", str(event_id), made.subject_code),
        tenant_id=lab_id,
        changes=[Change("credited", charged["credited"], charged["credited"] + quantity)],
    )
    (line,) = model.credit_lines([made])
    return Written(item=line, location=f"/api/labs/{lab_id}/billing-events")
