"""Transitions in the database, and the facts that gates are judged by."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.measurements import Quantity, Subject
from nanopore_tracking.contracts.events.sample.samples import SampleStageChanged
from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.charges import store as charge_store
from nanopore_tracking.services.sample.custody import store as custody_store
from nanopore_tracking.services.sample.deliveries import store as delivery_store
from nanopore_tracking.services.sample.excursions import store as excursion_store
from nanopore_tracking.services.sample.facts.model import Facts
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.libraries.model import Present
from nanopore_tracking.services.sample.measurements import store as measurement_store
from nanopore_tracking.services.sample.measurements.model import Reading
from nanopore_tracking.services.sample.records import store as record_store
from nanopore_tracking.services.sample.records.model import Record
from nanopore_tracking.services.sample.runs import store as run_store
from nanopore_tracking.services.sample.samples.model import Sample

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None

#: Stages that are left with a valid charge code only.
CHARGED = ("sequencing_setup", "data_delivery")


async def list_changes(db: Reads, scope: Scope, sample_id: UUID, **asked: Any) -> Page:
    """Return one page of the transitions of a sample; asked: filters, sort, after, limit."""
    found: Page = await Q.stage_changes.page(db, scope=scope, sample_id=sample_id, **asked)
    return found


async def load_facts(db: Reads, sample: Sample, *, now: datetime) -> Facts:
    """Return all that the gate of the sample's present stage is judged by."""
    return (await load_all_facts(db, [sample], now=now))[sample.id]


async def load_all_facts(db: Reads, samples: Sequence[Sample], *, now: datetime) -> dict[UUID, Facts]:
    """Return the same for many samples: one statement for each kind of fact, however many samples there are."""
    ids = [sample.id for sample in samples]
    held = await custody_store.held_of(db, ids)
    records = await record_store.current_records(db, ids)
    accepted = await measurement_store.accepted_of(db, ids)
    said = {sample.id: _said(sample, records[sample.id]) for sample in samples}
    for sample_id, delivery in (await delivery_store.handovers(db, ids)).items():
        said[sample_id]["delivery"] = delivery
    libraries = await library_store.present_of(db, ids)
    runs = await run_store.runs_of_libraries(db, {library.id for library in libraries.values()}, day=now.date())
    planned = {
        sample.id: (said[sample.id]["loading"].experiment_id, sample.alias)
        for sample in samples
        if "loading" in said[sample.id]
    }
    taken = await record_store.same_alias(db, planned)
    catalogue = await catalogue_store.current(db, now.date())
    warm = await excursion_store.open_of(db, ids)
    charged = [sample.id for sample in samples if sample.stage in CHARGED]
    charges = await charge_store.charges_of_samples(db, charged, now) if charged else {}
    return {
        sample.id: Facts(
            sample=sample,
            now=now,
            catalogue=catalogue,
            received=held[sample.id].received,
            condition=held[sample.id].condition,
            readings=_readings(accepted[sample.id], libraries.get(sample.id)),
            library=libraries.get(sample.id),
            planned=runs.get(libraries[sample.id].id) if sample.id in libraries else None,
            alias_taken=sample.id in taken,
            charge_fault=charges[sample.id].fault(now.date()) if sample.id in charges else None,
            too_warm=warm.get(sample.id, ()),
            **said[sample.id],
        )
        for sample in samples
    }


def _said(sample: Sample, records: Sequence[Record]) -> dict[str, Any]:
    """Return what the records that count say, by kind; a decision only where it was made at the present stage."""
    return {record.kind: record.said for record in records if record.kind != "decision" or record.stage == sample.stage}


def _readings(accepted: Sequence[Reading], library: Present | None) -> dict[tuple[Subject, Quantity], float]:
    """Return the accepted values of the sample and what counts of its present library."""
    found: dict[tuple[Subject, Quantity], float] = {("sample", item.quantity): item.value for item in accepted}
    if library is not None:
        values: dict[Quantity, float | None] = {
            "concentration": library.conc_ng_per_ul,
            "volume": library.volume_ul,
            "fragment_mean_bp": library.mean_fragment_bp,
        }
        found |= {("library", name): value for name, value in values.items() if value is not None}
    return found


async def insert_changes(tx: Transaction, events: Sequence[SampleStageChanged]) -> list[UUID]:
    """Store transitions as they are announced, in their order, and return their ids."""
    ids = [uuid7() for _ in events]
    await tx.execute(
        Q.insert_changes,
        ids=ids,
        sample_ids=[event.sample_id for event in events],
        before_stages=[event.before_stage for event in events],
        before_statuses=[event.before_status for event in events],
        stages=[event.stage for event in events],
        statuses=[event.status for event in events],
        directions=[event.direction for event in events],
        reasons=[event.reason for event in events],
        missing=[" ".join(event.missing) for event in events],
        figures=[msgspec.json.encode(event.figures).decode() for event in events],
        catalogue_versions=[msgspec.json.encode(event.catalogue_versions).decode() for event in events],
        askers=[event.asked_by for event in events],
        changed_by=tx.call.by,
        at=tx.call.at,
    )
    return ids
