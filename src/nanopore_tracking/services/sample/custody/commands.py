"""What can be done with custody: register a container, and record what happened to one."""

from collections.abc import Sequence
from uuid import UUID

from nanopore_tracking.contracts.api.sample.containers import NewContainer
from nanopore_tracking.contracts.api.sample.custody import NewCustodyEvent
from nanopore_tracking.contracts.events.sample import ContainerCreated
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.containers import model as containers
from nanopore_tracking.services.sample.containers import store as container_store
from nanopore_tracking.services.sample.containers.model import Container
from nanopore_tracking.services.sample.custody import model, store
from nanopore_tracking.services.sample.custody.model import Happened, Happening
from nanopore_tracking.services.sample.locations import store as locations
from nanopore_tracking.services.sample.retention import model as retention
from nanopore_tracking.services.sample.retention import store as retention_store
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample

#: A container, and the sample whose tube it is.
Tube = tuple[Container, Sample | None]
#: What stands at the positions of a box, or would: container and name, by row and column.
Taken = dict[tuple[int, int], tuple[UUID, str]]


async def record_custody(tx: Transaction, sample_id: UUID, asked: NewCustodyEvent) -> Written:
    """Record what happened to the tube of a sample; NotFound, Invalid, or Conflict: it is gone, the place is taken."""
    model.check(asked, now=tx.call.at, person=tx.call.by)
    sample = await sample_store.lock_sample(tx, sample_id)
    item = await _record(tx, (await container_store.tube(tx, sample), sample), asked)
    return Written(item=item, location=f"/api/samples/{sample_id}/custody")


async def record_of_container(tx: Transaction, container_id: UUID, asked: NewCustodyEvent) -> Written:
    """Record what happened to a container; NotFound, Invalid, or Conflict: it is gone, the place is taken."""
    model.check(asked, now=tx.call.at, person=tx.call.by)
    sample_id = (await container_store.state_of(tx, container_id))["sample_id"]
    # The sample first, as everywhere, so that nobody waits in a circle.
    sample = await sample_store.lock_sample(tx, sample_id) if sample_id else None
    item = await _record(tx, (await container_store.lock_container(tx, container_id), sample), asked)
    return Written(item=item, location=f"/api/storage/containers/{container_id}/custody")


async def _record(tx: Transaction, tube: Tube, asked: NewCustodyEvent) -> str:
    (judged,) = await _judge(tx, [tube], asked, call=tx.call)
    if isinstance(judged, errors.Problem):
        raise judged
    (happened,) = await _happen(tx, [(tube, judged)])
    return await store.show_event(tx, happened.event)


async def _judge(
    db: Reads, tubes: Sequence[Tube], asked: NewCustodyEvent, *, call: Call, taken: Taken | None = None
) -> list[Happening | errors.Problem]:
    """Decide for each container by itself what is recorded of it, or why nothing can be; nothing is changed.

    Invalid where the event does not say what its kind requires, or its place leads nowhere. taken: what those before
    these would stand in; what these would is added.
    """
    model.check(asked, now=call.at, person=call.by)
    spot = await locations.resolve(db, asked.location, asked.position)
    boxed = spot.location_id if spot and spot.row_number else None
    there = {} if taken is None else taken
    if boxed and not there:
        there |= await container_store.occupants(db, boxed)
    what = model.happening(asked, spot, at=call.at)
    found: list[Happening | errors.Problem] = []
    for container, sample in tubes:
        try:
            model.allowed(container, asked.kind)
            if asked.kind == "destroyed" and sample:
                retention.over(sample.code, await retention_store.kept(db, sample.id), today=call.at.date())
            model.claim(spot, container, there)
        except errors.Problem as problem:
            found.append(problem)
        else:
            found.append(what)
    return found


async def _happen(tx: Transaction, judged: Sequence[tuple[Tube, Happening]]) -> list[Happened]:
    happened = []
    for (container, sample), what in judged:
        after, event = model.happen(container, what, person=tx.call.by, at=tx.call.at)
        happened.append(Happened(before=container, after=after, event=event, sample=sample))
    await store.append(tx, happened)
    return happened


async def foresee_arrivals(
    db: Reads, samples: Sequence[Sample], asked: NewCustodyEvent, *, call: Call, taken: Taken | None = None
) -> list[Happening | errors.Problem | None]:
    """Tell of each sample what would be recorded of its tube, or why nothing; None for one that is here already.

    taken: where those would stand that were foreseen before, and from now on these, where many are foreseen by parts.
    """
    tubes = await container_store.foreseen_tubes(db, samples)
    return await _judge_arrivals(db, [(tubes[sample.id], sample) for sample in samples], asked, call=call, taken=taken)


async def _judge_arrivals(
    db: Reads,
    tubes: Sequence[tuple[Container, Sample]],
    asked: NewCustodyEvent,
    *,
    call: Call,
    taken: Taken | None = None,
) -> list[Happening | errors.Problem | None]:
    held = await store.held_of(db, [sample.id for _, sample in tubes])
    coming = [(container, sample) for container, sample in tubes if not model.arrived(container, held[sample.id])]
    judgements = await _judge(db, coming, asked, call=call, taken=taken)
    judged = dict(zip((one.id for _, one in coming), judgements, strict=True))
    return [judged.get(sample.id) for _, sample in tubes]


async def receive(
    tx: Transaction, samples: Sequence[Sample], asked: NewCustodyEvent
) -> list[Happened | errors.Problem | None]:
    """Record that the tubes of locked samples came, of each by itself; None for one that is here already.

    Invalid as for a single event. Where a position or a place is taken in this moment, none is recorded.
    """
    known = await container_store.tubes_or_refusals(tx, samples)
    tubes = [(one, sample) for sample in samples if isinstance(one := known[sample.id], Container)]
    judged = list(zip(tubes, await _judge_arrivals(tx, tubes, asked, call=tx.call), strict=True))
    found: dict[UUID, Happened | errors.Problem | None] = {
        sample_id: one for sample_id, one in known.items() if isinstance(one, errors.Problem)
    }
    found |= {sample.id: what for (_, sample), what in judged if not isinstance(what, Happening)}
    coming = [(tube, what) for tube, what in judged if isinstance(what, Happening)]
    try:
        async with tx.savepoint():
            happened = await _happen(tx, coming)
    except errors.Conflict as problem:
        return [found.get(sample.id, problem) for sample in samples]
    found |= {item.sample.id: item for item in happened if item.sample}
    return [found[sample.id] for sample in samples]


async def create_container(tx: Transaction, asked: NewContainer) -> Written:
    """Register a container; NotFound for a content that is none, Conflict where its barcode is taken."""
    containers.check(asked)
    if asked.subject_kind == "sample":
        sample = await sample_store.lock_sample(
            tx, await sample_store.find_sample(tx, tx.call.scope, asked.subject_code)
        )
        made = await container_store.tube(tx, sample)
    else:
        code, lab_id = await container_store.find_subject(tx, asked.subject_kind, asked.subject_code)
        new = Container(
            id=uuid7(),
            barcode=asked.barcode.strip() or code,
            kind=asked.kind,
            subject_kind=asked.subject_kind,
            subject_code=code,
            sample_id=None,
            lab_id=containers.lab_of(asked, code, lab_id),
            volume_ul=asked.volume_ul,
        )
        made = await container_store.insert_container(tx, new)
    if made.event_count:
        raise errors.Conflict(
            f"The sample {made.subject_code} has a tube already. Nothing was changed.", type="already-exists"
        )
    tx.announce(ContainerCreated(**containers.told(made)), subject=containers.subject(made), tenant_id=made.lab_id)
    item = await container_store.show_container(tx, tx.call.scope, made.id)
    return Written(item=item, version=made.version, location=f"/api/storage/containers/{made.id}")
