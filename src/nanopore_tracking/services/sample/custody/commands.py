"""The one thing that can be done with custody: record what happened to a tube."""

from uuid import UUID

from nanopore_tracking.contracts.api.sample.custody import NewCustodyEvent
from nanopore_tracking.contracts.events.sample.samples import CustodyState, SampleCustodyRecorded
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.custody import model, store
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store


async def record_custody(tx: Transaction, sample_id: UUID, asked: NewCustodyEvent) -> Written:
    """Record what happened to the tube of a sample; NotFound, Invalid, or Conflict after it was destroyed."""
    model.check(asked, now=tx.call.at)
    sample = await sample_store.lock_sample(tx, sample_id)
    model.allowed(sample.code, await store.held(tx, sample_id))
    values = labs.asked(asked)
    values["happened_at"] = values["happened_at"] or tx.call.at
    said = CustodyState(id=uuid7(), sequence=sample.custody_count + 1, person=tx.call.actor.name, **values)
    await store.insert_event(tx, sample_id, said)
    changed = await sample_store.place(tx, sample, model.location(asked, sample.location))
    changes = [Change("custody", None, said.kind)]
    if changed.location != sample.location:
        changes.append(Change("location", sample.location, changed.location))
    tx.announce(
        SampleCustodyRecorded(**samples.facts(changed), custody=said),
        subject=samples.subject(sample.id, sample.code),
        tenant_id=sample.lab_id,
        changes=changes,
    )
    item = await store.show_event(tx, sample_id, said.id)
    return Written(item=item, location=f"/api/samples/{sample_id}/custody")
