"""What can be done with an override that waits: ask for it, refuse it, let its time run out; `stages` confirms it."""

from collections.abc import Sequence
from uuid import UUID

from nanopore_tracking.contracts.api.sample.overrides import OverrideRefusal
from nanopore_tracking.contracts.api.sample.stages import Target
from nanopore_tracking.contracts.events.sample.samples import SampleOverrideAsked, SampleOverrideSettled
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.overrides import model, store
from nanopore_tracking.services.sample.overrides.model import Override, SecondPerson
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample

Wanted = tuple[Sample, Target, str, SecondPerson]


async def ask(tx: Transaction, wanted: Sequence[Wanted]) -> list[UUID]:
    """Let overrides of locked samples wait for a second person; return their ids. wanted: sample, where to, why."""
    for override_id in await store.too_late(tx, tx.call.at, [sample.id for sample, *_ in wanted]):
        await expire(tx, override_id)
    return [await _ask(tx, sample, found, to=to, reason=reason) for sample, to, reason, found in wanted]


async def _ask(tx: Transaction, sample: Sample, found: SecondPerson, *, to: Target, reason: str) -> UUID:
    missing = found.extra["missing"]
    event = SampleOverrideAsked(
        **samples.facts(sample),
        override_id=uuid7(),
        to=to,
        reason=reason,
        missing=[item["code"] for item in missing],
        expires_at=tx.call.at + model.PATIENCE,
    )
    values = {
        "id": event.override_id,
        "sample_id": sample.id,
        "stage": sample.stage,
        "to": to,
        "reason": reason,
        "missing": event.missing,
        "messages": [item["message"] for item in missing],
        "expires_at": event.expires_at,
    }
    await store.insert_override(tx, values)
    changes = [Change("override", None, f"waits for a second person: {reason}")]
    tx.announce(event, subject=samples.subject(sample.id, sample.code), tenant_id=sample.lab_id, changes=changes)
    return event.override_id


async def refuse(tx: Transaction, override_id: UUID, asked: OverrideRefusal, *, seen: int) -> Written:
    """Refuse an override with a reason; also who asked may take it back. NotFound, Stale, Conflict, Invalid."""
    found = await store.lock_override(tx, override_id)
    labs.match(found.version, seen, "override")
    model.open_now(found, tx.call.at)
    note = asked.reason.strip()
    labs.require({"reason": note}, "reason")
    await settled(tx, found, "refused", note=note)
    item = await store.show_override(tx, tx.call.scope, override_id)
    return Written(item=item, version=found.version + 1)


async def expire(tx: Transaction, override_id: UUID) -> None:
    """Let the time of an override run out."""
    found = await store.lock_override(tx, override_id)
    if found.state == "waiting" and found.expires_at <= tx.call.at:
        await settled(tx, found, "expired", note="")


async def settled(tx: Transaction, found: Override, state: str, *, note: str) -> None:
    """Store and announce what became of an override."""
    sample = await sample_store.read_sample(tx, tx.call.scope, found.sample_id)
    await store.settle(tx, found.id, state=state, note=note)
    event = SampleOverrideSettled(
        **samples.facts(sample),
        override_id=found.id,
        to=found.to,
        state=state,
        asked_by=found.asked_by,
        reason=found.reason,
        missing=list(found.missing),
        note=note,
    )
    tx.announce(
        event,
        subject=samples.subject(sample.id, sample.code),
        tenant_id=sample.lab_id,
        changes=[Change("override", f"asked for by {found.asked_by}", f"{state}: {note}" if note else state)],
    )
