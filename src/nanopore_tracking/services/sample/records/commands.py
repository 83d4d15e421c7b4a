"""The one thing that can be done with stage records: add one, of a sample or of many."""

from collections.abc import Sequence
from uuid import UUID

from nanopore_tracking.contracts.api.sample.records import NewRecord
from nanopore_tracking.contracts.events.sample.samples import RecordState, SampleRecordAdded
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.billing import store as billing_store
from nanopore_tracking.services.sample.records import model, store
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample


async def add_record(tx: Transaction, sample_id: UUID, asked: NewRecord) -> Written:
    """Record work on a sample at its present stage; NotFound, Invalid, or Conflict at another stage."""
    model.check(asked, now=tx.call.at, actor=tx.call.actor)
    sample = await sample_store.lock_sample(tx, sample_id)
    (made,) = await add_records(tx, [(sample, asked)])
    if isinstance(made, errors.Problem):
        raise made
    item = await store.show_record(tx, sample_id, made.id)
    return Written(item=item, location=f"/api/samples/{sample_id}/records")


async def add_records(
    tx: Transaction, wanted: Sequence[tuple[Sample, NewRecord]]
) -> list[RecordState | errors.Problem]:
    """Record work on locked samples, on each by itself: return each record, or why there is none of that sample.

    This is the only way by which records are made, for one sample as for thousands; one of each sample at once.
    """
    judged = [
        model.refusal(sample, asked, now=tx.call.at, actor=tx.call.actor) or _said(sample, asked)
        for sample, asked in wanted
    ]
    made = [(sample, said) for (sample, _), said in zip(wanted, judged, strict=True) if isinstance(said, RecordState)]
    if made:
        await _keep(tx, made)
    return judged


def _said(sample: Sample, asked: NewRecord) -> RecordState:
    return RecordState(id=uuid7(), kind=model.kind_of(asked), stage=sample.stage, code="", details=model.details(asked))


async def _keep(tx: Transaction, made: Sequence[tuple[Sample, RecordState]]) -> None:
    await store.insert_records(tx, [(sample.id, said) for sample, said in made])
    charged = [said.id for _, said in made if said.kind == "basecalling"]
    if charged:
        await billing_store.charge(tx, charged)
    worked = [(sample, {"status": samples.worked(sample), "library_count": sample.library_count}) for sample, _ in made]
    for (sample, said), changed in zip(made, await sample_store.touch(tx, worked), strict=True):
        changes = [Change(said.kind, None, said.details)]
        if changed.status != sample.status:
            changes.append(Change("status", sample.status, changed.status))
        tx.announce(
            SampleRecordAdded(**samples.facts(changed), record=said),
            subject=samples.subject(sample.id, sample.code),
            tenant_id=sample.lab_id,
            changes=changes,
        )
