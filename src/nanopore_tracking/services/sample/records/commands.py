"""The one thing that can be done with stage records: add one."""

from uuid import UUID

from nanopore_tracking.contracts.api.sample.records import NewRecord
from nanopore_tracking.contracts.events.sample.samples import RecordState, SampleRecordAdded
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.billing import store as billing_store
from nanopore_tracking.services.sample.records import model, store
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store


async def add_record(tx: Transaction, sample_id: UUID, asked: NewRecord) -> Written:
    """Record work on a sample at its present stage; NotFound, Invalid, or Conflict at another stage."""
    model.check(asked, now=tx.call.at, actor=tx.call.actor)
    sample = await sample_store.lock_sample(tx, sample_id)
    kind = model.kind_of(asked)
    model.allowed(sample, kind)
    said = RecordState(
        id=uuid7(),
        kind=kind,
        stage=sample.stage,
        code="",
        details=model.details(asked),
    )
    await store.insert_record(tx, sample_id, said)
    if kind == "basecalling":
        await billing_store.charge(tx, [said.id])
    changed = await sample_store.touch(tx, sample, status=samples.worked(sample), library_count=sample.library_count)
    changes = [Change(kind, None, said.details)]
    if changed.status != sample.status:
        changes.append(Change("status", sample.status, changed.status))
    tx.announce(
        SampleRecordAdded(**samples.facts(changed), record=said),
        subject=samples.subject(sample.id, sample.code),
        tenant_id=sample.lab_id,
        changes=changes,
    )
    item = await store.show_record(tx, sample_id, said.id)
    return Written(item=item, location=f"/api/samples/{sample_id}/records")
