"""The one command that moves a sample: on, back, out, on hold, and back from there."""

from collections.abc import Sequence
from uuid import UUID

from nanopore_tracking.contracts.api.sample.stages import Requirement, Transition, Way
from nanopore_tracking.contracts.events.sample.samples import SampleStageChanged
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.facts.model import Facts
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.records import store as record_store
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample
from nanopore_tracking.services.sample.stages import model, store
from nanopore_tracking.services.sample.stages.model import Outcome

_CHANGES = ("stage", "status", "exit", "status_reason")


async def move_sample(tx: Transaction, sample_id: UUID, asked: Transition, *, seen: int, may_override: bool) -> Written:
    """Move a sample; NotFound, Stale, Conflict `not-allowed` or `gate-not-met`, Invalid without a needed reason.

    may_override: who asks may pass over missing requirements.
    """
    sample = await sample_store.lock_sample(tx, sample_id)
    labs.match(sample.version, seen, "sample")
    wanted = model.Asked(to=asked.to, reason=asked.reason.strip(), override=asked.override, may_override=may_override)
    if asked.to == model.following(sample.stage):
        facts = await store.load_facts(tx, sample, scope=tx.call.scope, now=tx.call.at)
    else:
        facts = Facts(sample=sample, now=tx.call.at)  # No other way has a gate.
    outcome = model.pass_gate(facts)
    way, missing = model.decide(sample, wanted, outcome)
    moved = await sample_store.move(tx, sample, model.moved(sample, way, reason=wanted.reason, at=tx.call.at))
    stages = model.superseded(way)
    if stages:
        await record_store.supersede_stages(tx, sample_id, stages)
    event = _event(moved, way, facts=facts, outcome=outcome, missing=missing, reason=wanted.reason)
    await store.insert_change(tx, event)
    before, after = ({name: getattr(each, name) for name in _CHANGES} for each in (sample, moved))
    tx.announce(
        event,
        subject=samples.subject(sample.id, sample.code),
        tenant_id=sample.lab_id,
        changes=labs.changes(before, after),
    )
    item, version = await sample_store.show_sample(tx, tx.call.scope, str(sample_id))
    return Written(item=item, version=version)


def _event(
    moved: Sample, way: Way, *, facts: Facts, outcome: Outcome, missing: Sequence[Requirement], reason: str
) -> SampleStageChanged:
    on = way.direction == "on"
    return SampleStageChanged(
        **samples.facts(moved),
        to=way.to,
        direction=way.direction,
        before_stage=facts.sample.stage,
        before_status=facts.sample.status,
        reason=reason,
        overridden=bool(missing),
        missing=[found.code for found in missing],
        figures=dict(outcome.figures) if on else {},
        catalogue_versions=dict(facts.catalogue.versions) if on else {},
    )
