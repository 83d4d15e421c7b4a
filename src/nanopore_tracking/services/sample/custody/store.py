"""Custody events in the database: they are only added, and where containers are follows from them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.containers import Whereabouts
from nanopore_tracking.contracts.events.sample import ContainerCustodyRecorded, SampleCustodyRecorded
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.containers import model as containers
from nanopore_tracking.services.sample.containers import store as container_store
from nanopore_tracking.services.sample.custody import model
from nanopore_tracking.services.sample.custody.model import Event, Happened, Held
from nanopore_tracking.services.sample.locations.model import Spot, position_name
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
_SPOT = ("location_id", "row_number", "column_number", "text")


async def list_events(db: Reads, scope: Scope, sample_id: UUID, **asked: Any) -> Page:
    """Return one page of the custody events of a sample's tube; asked: filters, sort, after, limit."""
    container_id: UUID | None = await db.value(Q.tube_of, sample_id=sample_id)
    return Page([], None) if container_id is None else await list_of_container(db, scope, container_id, **asked)


async def list_of_container(db: Reads, scope: Scope, container_id: UUID, **asked: Any) -> Page:
    """Return one page of the custody events of a container; asked: filters, sort, after, limit."""
    found: Page = await Q.custody_events.page(db, scope=scope, container_id=container_id, **asked)
    return found


async def show_event(tx: Transaction, event: Event) -> str:
    """Return one custody event as JSON text; NotFound."""
    found = await list_of_container(tx, tx.call.scope, event.container_id, filters={"id": event.id}, limit=1)
    if not found.items:
        raise errors.NotFound("There is no such custody event of this container.")
    return found.items[0]


async def held_of(db: Reads, sample_ids: Sequence[UUID]) -> dict[UUID, Held]:
    """Return what custody says of the tube of each of these samples now."""
    events: dict[UUID, list[Any]] = {sample_id: [] for sample_id in sample_ids}
    for row in await db.rows(Q.all_events, sample_ids=list(sample_ids)):
        events[row["sample_id"]].append((row["kind"], row["condition"]))
    return {sample_id: model.held(found) for sample_id, found in events.items()}


async def tube_of(db: Reads, sample_id: UUID) -> UUID:
    """Return the id of the container that is the tube of a sample; NotFound before anything happened to it."""
    found: UUID | None = await db.value(Q.tube_of, sample_id=sample_id)
    if found is None:
        raise errors.NotFound("Nothing was recorded of the tube of this sample yet: it is not here.")
    return found


async def whereabouts(db: Reads, container_id: UUID) -> Whereabouts:
    """Return where a container is and who says so, by its events alone, and whether all of it fits together."""
    state = dict(await container_store.state_of(db, container_id))
    events = [_event(dict(row)) for row in await db.rows(Q.chain, container_id=container_id)]
    found = model.rebuild(events)
    trouble = found.trouble or model.compare(found, state)
    spot, placed, last = found.spot, found.placed, found.last
    return Whereabouts(
        container_id=container_id,
        barcode=state["barcode"],
        subject_code=state["subject_code"],
        location=state["text"] if not trouble else spot.text,
        location_id=spot.location_id,
        position=position_name(spot.row_number, spot.column_number) if spot.row_number and spot.column_number else "",
        status=found.status,
        kind=placed.kind if placed else "",
        said_by=placed.person if placed else "",
        said_at=placed.happened_at if placed else None,
        last_kind=last.kind if last else "",
        last_by=last.person if last else "",
        last_at=last.happened_at if last else None,
        events=len(events),
        last_hash=last.hash if last else "",
        verified=not trouble,
        trouble=trouble,
    )


def _event(values: dict[str, Any]) -> Event:
    spot = Spot(**{name: values.pop(name) for name in _SPOT})
    return Event(spot=spot, **values)


async def append(tx: Transaction, happened: Sequence[Happened]) -> None:
    """Store events, put the containers where they are after them, and announce each; Conflict for a taken position."""
    if not happened:
        return
    events = [item.event for item in happened]
    await tx.execute(
        Q.insert_events,
        ids=[event.id for event in events],
        container_ids=[event.container_id for event in events],
        sample_ids=[item.after.sample_id for item in happened],
        sequences=[event.sequence for event in events],
        kinds=[event.kind for event in events],
        locations=[event.location for event in events],
        location_ids=[event.spot.location_id for event in events],
        row_numbers=[event.spot.row_number for event in events],
        column_numbers=[event.spot.column_number for event in events],
        places=[event.spot.text for event in events],
        conditions=[event.condition for event in events],
        temperatures_c=[event.temperature_c for event in events],
        persons=[event.person for event in events],
        witnesses=[event.witness for event in events],
        shipping_refs=[event.shipping_ref for event in events],
        notes=[event.note for event in events],
        happened_ats=[event.happened_at for event in events],
        prev_hashes=[event.prev_hash for event in events],
        hashes=[event.hash for event in events],
        at=tx.call.at,
    )
    await container_store.put(tx, [item.after for item in happened])
    await sample_store.handle(tx, [item.sample.id for item in happened if item.sample])
    for item in happened:
        _announce(tx, item)


def _announce(tx: Transaction, item: Happened) -> None:
    before, after = item.before.spot.text, item.after.spot.text
    changes = [Change("custody", None, item.event.kind)]
    if after != before:
        changes.append(Change("location", before, after))
    if item.sample is None:
        names = ("barcode", "subject_kind", "subject_code", "status")
        event = ContainerCustodyRecorded(
            container_id=item.after.id,
            custody=model.said(item.event),
            **{name: getattr(item.after, name) for name in names},
        )
        tx.announce(event, subject=containers.subject(item.after), tenant_id=item.after.lab_id, changes=changes)
        return
    sample = replace(item.sample, location=after, version=item.sample.version + 1)
    tx.announce(
        SampleCustodyRecorded(**samples.facts(sample), custody=model.said(item.event)),
        subject=samples.subject(sample.id, sample.code),
        tenant_id=sample.lab_id,
        changes=changes,
    )
