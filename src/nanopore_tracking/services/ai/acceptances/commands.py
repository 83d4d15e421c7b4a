"""What can be done with what is accepted unseen: allow another share of errors, or none at all."""

from nanopore_tracking.contracts.api.ai.performance import Acceptance
from nanopore_tracking.contracts.events.ai_readings import FormAcceptanceChanged
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.acceptances import model, store
from nanopore_tracking.services.ai.outcomes import store as outcomes


async def change(tx: Transaction, error_rate: float | None, seen: int) -> Written:
    """Say which share of what is accepted unseen may be wrong; None: nothing is accepted unseen."""
    before, version = await store.lock(tx)
    if version != seen:
        raise errors.Stale("Somebody changed this since you looked at it. Nothing was changed; look again.")
    model.refuse_unfounded(await outcomes.count_most_seen(tx), error_rate)
    await store.change(tx, error_rate)
    event = FormAcceptanceChanged(error_rate=error_rate)
    changes = [Change("error_rate", before, error_rate)]
    tx.announce(event, subject=Subject("form_acceptance", "all"), changes=changes)
    now = await store.policy(tx)
    item = Acceptance(
        error_rate=now.error_rate, changed_by=now.changed_by, changed_at=now.changed_at, version=now.version
    )
    return Written(item=item, version=now.version)
