"""The one thing that can be done with aliquots: take one."""

from uuid import UUID

from nanopore_tracking.contracts.api.sample.aliquots import NewAliquot
from nanopore_tracking.contracts.events.sample.chain import AliquotTaken
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.aliquots import model, store
from nanopore_tracking.services.sample.chain import store as chain_store
from nanopore_tracking.services.sample.samples import store as sample_store


async def take_aliquot(tx: Transaction, sample_id: UUID, asked: NewAliquot) -> Written:
    """Take an aliquot of a sample; NotFound, Invalid, or Conflict where there is less."""
    sample = await sample_store.lock_sample(tx, sample_id)
    taken_ul = await store.taken_ul(tx, sample_id)
    available_ul = model.take(sample, taken_ul=taken_ul, volume_ul=asked.volume_ul)
    mass_ng = model.mass_ng(sample, volume_ul=asked.volume_ul, said_ng=asked.mass_ng)
    (code,) = await chain_store.take_codes(tx, "aliquot")
    event = AliquotTaken(
        aliquot_id=uuid7(),
        code=code,
        sample_id=sample.id,
        sample_code=sample.code,
        lab_id=sample.lab_id,
        volume_ul=asked.volume_ul,
        mass_ng=mass_ng,
        available_ul=available_ul,
        purpose=asked.purpose.strip(),
    )
    await store.insert_aliquot(tx, event)
    tx.announce(event, subject=Subject("aliquot", str(event.aliquot_id), code), tenant_id=sample.lab_id)
    found = await store.list_aliquots(tx, tx.call.scope, sample_id, filters={"id": event.aliquot_id}, limit=1)
    if not found.items:
        raise errors.NotFound("There is no such aliquot.")
    return Written(item=found.items[0], location=f"/api/samples/{sample_id}/aliquots")
