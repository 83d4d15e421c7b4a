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
from nanopore_tracking.services.sample.custody import store as custody_store
from nanopore_tracking.services.sample.facts.model import Facts
from nanopore_tracking.services.sample.measurements import store as measurement_store
from nanopore_tracking.services.sample.measurements.model import Reading
from nanopore_tracking.services.sample.records import store as record_store
from nanopore_tracking.services.sample.records.model import Record
from nanopore_tracking.services.sample.samples.model import Sample

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_changes(db: Reads, scope: Scope, sample_id: UUID, **asked: Any) -> Page:
    """Return one page of the transitions of a sample; asked: filters, sort, after, limit."""
    found: Page = await Q.stage_changes.page(db, scope=scope, sample_id=sample_id, **asked)
    return found


async def load_facts(db: Reads, sample: Sample, *, scope: Scope, now: datetime) -> Facts:
    """Return all that the gate of the sample's present stage is judged by."""
    held = await custody_store.held(db, sample.id)
    records = await record_store.current_records(db, sample.id)
    said: dict[str, Any] = {
        record.kind: record.said for record in records if record.kind != "decision" or record.stage == sample.stage
    }
    library, loading = said.get("library"), said.get("loading")
    readings = _readings(await measurement_store.accepted(db, sample.id), records)
    mates = await record_store.pool_mates(db, sample.id, library.pool, scope=scope) if library and library.pool else []
    taken = loading is not None and await record_store.same_alias(
        db, sample.id, experiment_id=loading.experiment_id, alias=sample.alias
    )
    return Facts(
        sample=sample,
        now=now,
        catalogue=await catalogue_store.current(db, now.date()),
        received=held.received,
        condition=held.condition,
        readings=readings,
        pool_mates=mates,
        alias_taken=taken,
        **said,
    )


def _readings(accepted: Sequence[Reading], records: Sequence[Record]) -> dict[tuple[Subject, Quantity], float]:
    """Return the accepted values of the sample, its present library and its planned pool."""
    library = next((record for record in records if record.kind == "library"), None)
    present = {"library": library.code, "pool": getattr(library.said, "pool", "")} if library else {}
    return {
        (reading.subject, reading.quantity): reading.value
        for reading in accepted
        if reading.subject == "sample" or present.get(reading.subject) == reading.subject_code
    }


async def insert_change(tx: Transaction, event: SampleStageChanged) -> None:
    """Store a transition as it is announced."""
    await tx.execute(
        Q.insert_change,
        id=uuid7(),
        sample_id=event.sample_id,
        before_stage=event.before_stage,
        before_status=event.before_status,
        stage=event.stage,
        status=event.status,
        direction=event.direction,
        reason=event.reason,
        missing=event.missing,
        figures=msgspec.json.encode(event.figures).decode(),
        catalogue_versions=msgspec.json.encode(event.catalogue_versions).decode(),
        changed_by=tx.call.actor.name,
        at=tx.call.at,
    )
