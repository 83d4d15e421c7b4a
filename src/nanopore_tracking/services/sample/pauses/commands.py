"""What can be done with the clock of a sample by hand: it is paused for a reason, and runs on."""

from uuid import UUID

from nanopore_tracking.contracts.api.sample.clocks import NewPause
from nanopore_tracking.contracts.events.sample import SampleClockPaused, SampleClockResumed, SampleEvent
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.clocks import model
from nanopore_tracking.services.sample.clocks import store as clock_store
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample


async def pause(tx: Transaction, sample_id: UUID, asked: NewPause, *, seen: int) -> Written:
    """Let the clock of a sample stand still; NotFound, Stale, or Conflict where none runs."""
    sample = await sample_store.lock_sample(tx, sample_id)
    labs.match(sample.version, seen, "sample")
    clock = model.pausable(await clock_store.lock_clock(tx, clock_store.sample(sample_id)), sample.code)
    note = asked.note.strip()
    await clock_store.pause(tx, clock, asked.reason, note=note)
    after = await sample_store.clock(tx, sample, due_at=None, paused=asked.reason)
    return await _announced(
        tx, sample, after, event=SampleClockPaused(**samples.facts(after), reason=asked.reason, note=note)
    )


async def resume(tx: Transaction, sample_id: UUID, *, seen: int) -> Written:
    """Let the clock of a sample run on; NotFound, Stale, or Conflict where it runs or the sample is on hold."""
    sample = await sample_store.lock_sample(tx, sample_id)
    labs.match(sample.version, seen, "sample")
    clock = model.resumable(await clock_store.lock_clock(tx, clock_store.sample(sample_id)), sample.code)
    due_at = await clock_store.resume(tx, clock)
    after = await sample_store.clock(tx, sample, due_at=due_at, paused="")
    return await _announced(tx, sample, after, event=SampleClockResumed(**samples.facts(after)))


async def _announced(tx: Transaction, before: Sample, after: Sample, *, event: SampleEvent) -> Written:
    changes = [Change("clock_paused", before.clock_paused, after.clock_paused)]
    tx.announce(event, subject=samples.subject(before.id, before.code), tenant_id=before.lab_id, changes=changes)
    item, version = await sample_store.show_sample(tx, tx.call.scope, str(before.id))
    return Written(item=item, version=version)
