"""The one command that moves samples: on, back, out, on hold, and back from there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.stages import Target, Transition
from nanopore_tracking.contracts.events.sample.samples import SampleStageChanged
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.billing import model as billing
from nanopore_tracking.services.sample.billing import store as billing_store
from nanopore_tracking.services.sample.clocks import store as clock_store
from nanopore_tracking.services.sample.deliveries import store as delivery_store
from nanopore_tracking.services.sample.facts.model import Facts
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.overrides import commands as override_commands
from nanopore_tracking.services.sample.overrides import model as overrides
from nanopore_tracking.services.sample.overrides import store as override_store
from nanopore_tracking.services.sample.overrides.model import Override, SecondPerson, Thing, Wanted
from nanopore_tracking.services.sample.read_sets import commands as reads
from nanopore_tracking.services.sample.records import store as record_store
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample
from nanopore_tracking.services.sample.stages import model, store
from nanopore_tracking.services.sample.stages.model import Asked, Step

_CHANGES = ("stage", "status", "exit", "status_reason")


async def move_sample(tx: Transaction, sample_id: UUID, asked: Transition, *, seen: int, may_override: bool) -> Written:
    """Move a sample; NotFound, Stale, Conflict `not-allowed` or `gate-not-met`, Invalid without a needed reason.

    may_override: who asks may pass over missing requirements.
    """
    sample = await sample_store.lock_sample(tx, sample_id)
    labs.match(sample.version, seen, "sample")
    wanted = model.Asked(to=asked.to, reason=asked.reason.strip(), override=asked.override, may_override=may_override)
    (outcome,) = await move_samples(tx, [(sample, wanted)])
    if isinstance(outcome, errors.Problem) and not isinstance(outcome, SecondPerson):
        raise outcome
    item, version = await sample_store.show_sample(tx, tx.call.scope, str(sample_id))
    if isinstance(outcome, SecondPerson):
        location = override_commands.address(outcome.extra["override_id"])
        return Written(item=item, version=version, location=location, status=202)
    return Written(item=item, version=version)


async def confirm(tx: Transaction, found: Override) -> None:
    """Let a sample go on as a second person confirmed it; Conflict where it is elsewhere, or more is missing."""
    sample = await sample_store.lock_sample(tx, found.thing_id)
    to: Target = found.to  # type: ignore[assignment]  # It was one when it was asked for.
    wanted = model.Asked(to=to, reason=found.reason, override=True, may_override=True, asked_by=found.asked_by)
    (judged,) = await judge(tx, [(sample, wanted)], now=tx.call.at)
    missing = model.told(judged.missing) if isinstance(judged, Step) else []
    overrides.still(found, state=sample.stage, version=None, missing=missing)
    (outcome,) = await move_samples(tx, [(sample, wanted)])
    if isinstance(outcome, errors.Problem):
        raise outcome


async def move_samples(tx: Transaction, wanted: Sequence[tuple[Sample, Asked]]) -> list[Sample | errors.Problem]:
    """Move locked samples, each by itself: return each as it is now, or why it was not moved and stays as it was.

    This is the only way by which a sample changes its stage, for one as for thousands. Overrides that need a second
    person wait for one from now on.
    """
    judged = await judge(tx, wanted, now=tx.call.at)
    await _wait(tx, wanted, judged)
    steps = [step for step in judged if isinstance(step, Step)]
    if steps:
        clocks = await _clocks(tx, steps)
        moves = [(step.sample, model.moved(step.sample, step.way, reason=step.reason, at=tx.call.at)) for step in steps]
        moved = await sample_store.move(tx, [(sample, after | clocks[sample.id]) for sample, after in moves])
        for stages in {model.superseded(step.way) for step in steps} - {()}:
            back = [step.sample.id for step in steps if model.superseded(step.way) == stages]
            await record_store.supersede_stages(tx, back, stages)
            if "library_prep" in stages:
                await library_store.supersede(tx, back)
            if "data_delivery" in stages:
                await delivery_store.supersede(tx, back)
        changes = [_event(after, step) for after, step in zip(moved, steps, strict=True)]
        await override_store.overtake(tx, [step.sample.id for step in steps])
        ids = await store.insert_changes(tx, changes)
        passed = [
            change_id
            for step, change_id in zip(steps, ids, strict=True)
            if step.way.direction == "on" and step.sample.stage in billing.PASSED
        ]
        if passed:
            await billing_store.charge(tx, passed)
        for step, after, event in zip(steps, moved, changes, strict=True):
            _announce(tx, event, before=step.sample, after=after)
        now = {after.id: after for after in moved}
        now |= await _basecalled(tx, steps, now)
    return [found if isinstance(found, errors.Problem) else now[found.sample.id] for found in judged]


async def _basecalled(tx: Transaction, steps: Sequence[Step], now: Mapping[UUID, Sample]) -> dict[UUID, Sample]:
    """Record the basecalling of samples that came on to its stage and have reads; return those as they are now."""
    came = [
        step.sample.id for step in steps if step.way.direction == "on" and now[step.sample.id].stage == "basecalling"
    ]
    recorded = await reads.record(tx, [now[sample_id] for sample_id in came])
    return {sample.id: sample for sample in await sample_store.lock_samples(tx, recorded)} if recorded else {}


async def _wait(
    tx: Transaction, wanted: Sequence[tuple[Sample, Asked]], judged: Sequence[Step | errors.Problem]
) -> None:
    waits = [
        (_wanted(sample, asked, found), found)
        for (sample, asked), found in zip(wanted, judged, strict=True)
        if isinstance(found, SecondPerson)
    ]
    if waits:
        ids = await override_commands.ask(tx, [one for one, _ in waits])
        for (_, found), override_id in zip(waits, ids, strict=True):
            found.extra["override_id"] = override_id


def _wanted(sample: Sample, asked: Asked, found: SecondPerson) -> Wanted:
    thing = Thing(
        kind="sample",
        id=sample.id,
        code=sample.code,
        state=sample.stage,
        version=sample.version,
        lab_id=sample.lab_id,
    )
    return Wanted(thing=thing, to=asked.to, reason=asked.reason, missing=found.extra["missing"])


async def judge(db: Reads, wanted: Sequence[tuple[Sample, Asked]], *, now: datetime) -> list[Step | errors.Problem]:
    """Decide for each sample by itself which way it would take, or why it may not; nothing is changed."""
    on = [sample for sample, asked in wanted if asked.to == model.following(sample.stage)]
    known = await store.load_all_facts(db, on, now=now) if on else {}
    second = any(asked.override for _, asked in wanted) and await override_store.second_person(db)
    waiting = await override_store.waiting_of(db, [sample.id for sample in on], now) if second else {}
    found: list[Step | errors.Problem] = []
    for sample, asked in wanted:
        facts = known.get(sample.id) or Facts(sample=sample, now=now)  # No other way has a gate.
        try:
            found.append(model.step(facts, asked, second=second))
        except SecondPerson as problem:
            by = waiting.get(sample.id)
            found.append(overrides.asked_already(sample.code, by[0]) if by else problem)
        except errors.Problem as problem:
            found.append(problem)
    return found


async def _clocks(tx: Transaction, steps: Sequence[Step]) -> dict[UUID, dict[str, Any]]:
    """Let the clocks follow the samples: the next one starts with a stage, and it stands still on hold."""
    found: dict[UUID, dict[str, Any]] = {}
    begun: list[clock_store.Begun] = []
    for step in steps:
        sample, direction = step.sample, step.way.direction
        held = None
        if direction in ("hold", "resume"):
            held = await clock_store.lock_clock(tx, clock_store.sample(sample.id))
        if direction == "hold":
            if held is not None:
                await clock_store.pause(tx, held, "on_hold")
            found[sample.id] = {"due_at": None, "clock_paused": "on_hold" if held is not None else ""}
        elif held is not None:
            found[sample.id] = {"due_at": await clock_store.resume(tx, held), "clock_paused": ""}
        else:
            stage = {"out": None, "resume": sample.stage}.get(direction, step.way.to)
            begun.append((sample.id, stage, sample.priority, sample.service_type))
    due = await clock_store.begin(tx, begun) if begun else {}
    return found | {sample_id: {"due_at": due_at, "clock_paused": ""} for sample_id, due_at in due.items()}


def _announce(tx: Transaction, event: SampleStageChanged, *, before: Sample, after: Sample) -> None:
    was, now = ({name: getattr(each, name) for name in _CHANGES} for each in (before, after))
    tx.announce(
        event,
        subject=samples.subject(after.id, after.code),
        tenant_id=after.lab_id,
        changes=labs.changes(was, now),
    )


def _event(moved: Sample, step: Step) -> SampleStageChanged:
    on = step.way.direction == "on"
    return SampleStageChanged(
        **samples.facts(moved),
        to=step.way.to,
        direction=step.way.direction,
        before_stage=step.sample.stage,
        before_status=step.sample.status,
        reason=step.reason,
        overridden=bool(step.missing),
        missing=[found.code for found in step.missing],
        figures=dict(step.figures) if on else {},
        catalogue_versions=dict(step.catalogue_versions) if on else {},
        asked_by=step.asked_by,
    )
