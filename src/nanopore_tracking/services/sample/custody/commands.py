"""What can be done with custody: register a container, and record what happened to one."""

from uuid import UUID

from nanopore_tracking.contracts.api.sample.containers import NewContainer
from nanopore_tracking.contracts.api.sample.custody import NewCustodyEvent
from nanopore_tracking.contracts.events.sample import ContainerCreated
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
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


async def record_custody(tx: Transaction, sample_id: UUID, asked: NewCustodyEvent) -> Written:
    """Record what happened to the tube of a sample; NotFound, Invalid, or Conflict: it is gone, the place is taken."""
    model.check(asked, now=tx.call.at, person=tx.call.by)
    sample = await sample_store.lock_sample(tx, sample_id)
    item = await _record(tx, await container_store.tube(tx, sample), asked, sample=sample)
    return Written(item=item, location=f"/api/samples/{sample_id}/custody")


async def record_of_container(tx: Transaction, container_id: UUID, asked: NewCustodyEvent) -> Written:
    """Record what happened to a container; NotFound, Invalid, or Conflict: it is gone, the place is taken."""
    model.check(asked, now=tx.call.at, person=tx.call.by)
    sample_id = (await container_store.state_of(tx, container_id))["sample_id"]
    # The sample first, as everywhere, so that nobody waits in a circle.
    sample = await sample_store.lock_sample(tx, sample_id) if sample_id else None
    container = await container_store.lock_container(tx, container_id)
    item = await _record(tx, container, asked, sample=sample)
    return Written(item=item, location=f"/api/storage/containers/{container_id}/custody")


async def _record(tx: Transaction, container: Container, asked: NewCustodyEvent, *, sample: Sample | None) -> str:
    model.allowed(container, asked.kind)
    if asked.kind == "destroyed" and sample:
        retention.over(sample.code, await retention_store.kept(tx, sample.id), today=tx.call.at.date())
    spot = await locations.resolve(tx, asked.location, asked.position)
    if spot and spot.location_id and spot.row_number and spot.column_number:
        there = (await container_store.occupants(tx, spot.location_id)).get((spot.row_number, spot.column_number))
        if there and there[0] != container.id:
            raise model.occupied(spot, container, there[1])
    what = Happening(
        kind=asked.kind,
        spot=spot,
        location=spot.text if spot else "",
        condition=asked.condition,
        temperature_c=asked.temperature_c,
        witness=asked.witness.strip(),
        shipping_ref=asked.shipping_ref.strip(),
        note=asked.note.strip(),
        happened_at=asked.happened_at or tx.call.at,
    )
    after, event = model.happen(container, what, person=tx.call.by, at=tx.call.at)
    await store.append(tx, [Happened(before=container, after=after, event=event, sample=sample)])
    return await store.show_event(tx, event)


async def create_container(tx: Transaction, asked: NewContainer) -> Written:
    """Register a container; NotFound for a sample that is none, Conflict where its barcode is taken."""
    containers.check(asked)
    if asked.subject_kind == "sample":
        sample = await sample_store.lock_sample(
            tx, await sample_store.find_sample(tx, tx.call.scope, asked.subject_code)
        )
        made = await container_store.tube(tx, sample)
    else:
        new = Container(
            id=uuid7(),
            barcode=asked.barcode.strip() or asked.subject_code,
            kind=asked.kind,
            subject_kind=asked.subject_kind,
            subject_code=asked.subject_code,
            sample_id=None,
            lab_id=asked.lab_id,
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
