"""Samples in the database; nobody else writes their table."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.events.sample.samples import SampleCreated
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.catalogue.model import Catalogue, Threshold
from nanopore_tracking.services.sample.samples import model
from nanopore_tracking.services.sample.samples.model import NewSample, Registered, Sample, Submitted

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
MISSING = "There is no such sample, or none that you may see."
#: Matching samples that are counted one by one; more are not counted.
COUNTED = 100_000
#: Numbers that are taken from the counter together, for samples that come one by one.
SPARED_AT_ONCE = 64

_SUBMITTED = Submitted.__slots__


def seen(scope: Scope, filters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters of a list together with the labs that the caller may see.

    A filter for a single value is another statement than one for several: an index can then follow the sort order.
    """
    found = {name: value for name, value in filters.items() if value is not None}
    if scope is not None:
        found.update({"one_lab": scope[0]} if len(scope) == 1 else {"labs": scope})
    for name in ("stage", "status"):
        values = found.get(name)
        if values is not None and len(values) == 1:
            del found[name]
            found[f"one_{name}"] = values[0]
    if "priority" in found:
        found["urgency"] = [model.URGENCY[priority] for priority in found.pop("priority")]
    if "q" in found:
        found["q"] = model.search(found["q"])
    return found


async def list_samples(db: Reads, scope: Scope, *, filters: Mapping[str, Any], **asked: Any) -> Page:
    """Return one page of samples; asked: sort, after, limit."""
    found: Page = await Q.samples.page(db, filters=seen(scope, filters), **asked)
    return found


async def count_samples(db: Reads, scope: Scope, filters: Mapping[str, Any]) -> int:
    """Return how many samples match, COUNTED + 1 where there are more than COUNTED."""
    found: int = await Q.samples.count(db, filters=seen(scope, filters), most=COUNTED + 1)
    return found


async def show_sample(db: Reads, scope: Scope, said: str) -> tuple[str, int]:
    """Return a sample, named by its id or its code, as JSON text, and its version; NotFound."""
    sample_id, code = named(said)
    row = await db.row(Q.show_sample, sample_id=sample_id, code=code, scope=scope)
    if row is None:
        raise errors.NotFound(MISSING)
    return row["item"], row["version"]


async def find_sample(db: Reads, scope: Scope, said: str) -> UUID:
    """Return the id of a sample that is named by its id or its code; NotFound."""
    sample_id, code = named(said)
    found: UUID | None = await db.value(Q.find_sample, sample_id=sample_id, code=code, scope=scope)
    if found is None:
        raise errors.NotFound(MISSING)
    return found


def named(said: str) -> tuple[UUID | None, str | None]:
    """Return the id or the code that a text is."""
    if len(said) == 36:
        try:
            return UUID(said), None
        except ValueError:
            pass
    return None, said.upper()


async def lock_sample(tx: Transaction, sample_id: UUID) -> Sample:
    """Return a sample in the caller's scope, locked; NotFound where there is none."""
    return _sample(await tx.row(Q.lock_sample, sample_id=sample_id, scope=tx.call.scope))


async def read_sample(db: Reads, scope: Scope, sample_id: UUID) -> Sample:
    """Return a sample in a scope as it is now; NotFound where there is none."""
    return _sample(await db.row(Q.read_sample, sample_id=sample_id, scope=scope))


def _sample(row: Record | None) -> Sample:
    if row is None:
        raise errors.NotFound(MISSING)
    values = dict(row)
    submitted = Submitted(**{name: values.pop(f"submitted_{name}") for name in _SUBMITTED})
    return Sample(submitted=submitted, **values)


@functools.lru_cache(16)
def _decoded(entries: str) -> Catalogue:
    return Catalogue(thresholds=msgspec.json.decode(entries, type=list[Threshold]))


async def limits(db: Transaction, *, material: str, service_type: str, fragment_bp: float | None) -> list[Threshold]:
    """Return the limits for the values of such a sample, by the catalogue that is in effect now."""
    entries = await db.value(Q.thresholds, day=db.call.at.date())
    return _limits(entries, material=material, service_type=service_type, fragment_bp=fragment_bp)


def _limits(entries: str | None, *, material: str, **sample: Any) -> list[Threshold]:
    return _decoded(entries or "[]").limits(model.GATES, material=model.substance(material), **sample)


async def register(tx: Transaction, new: NewSample) -> Record | None:
    """Store one new sample; return its id, code, lab_id, lab_name, project_code and out_of_range.

    None where there is no active project of an active lab in the caller's scope; Violation for a barcode that is taken.
    """
    submitted = {name: getattr(new.submitted, name) for name in _SUBMITTED}
    judged = any(submitted[name] is not None for name in model.VALUES)
    values: dict[str, Any] = dict(
        project_id=new.project_id,
        scope=tx.call.scope,
        year=tx.call.at.year,
        sample_id=uuid7(),
        name=new.name,
        alias=new.alias,
        kind=new.kind,
        material=new.material,
        organism=new.organism,
        service_type=new.service_type,
        container_barcode=new.container_barcode,
        priority=new.priority,
        assignee=new.assignee,
        words=model.words(new.name, new.alias),
        created_by=tx.call.actor.name,
        at=tx.call.at,
        day=tx.call.at.date(),
        judged=judged,
        **submitted,
    )
    row = await tx.row(Q.register_sample, **values)
    if row is None:
        # Either there is no such project, or no spare number is left; what is spared for nothing is rolled back.
        await tx.execute(Q.spare_numbers, year=tx.call.at.year, many=SPARED_AT_ONCE)
        row = await tx.row(Q.register_sample, **values)
    return await _judged(tx, new, row) if row and judged else row


async def _judged(tx: Transaction, new: NewSample, row: Record) -> Record:
    """Flag the values that are outside the limits, which few are: the limits came with the answer to the insert."""
    submitted = new.submitted
    limits = _limits(
        row["thresholds"],
        material=new.material,
        service_type=new.service_type,
        fragment_bp=submitted.fragment_bp,
    )
    outside = model.out_of_range({name: getattr(submitted, name) for name in model.VALUES}, limits)
    if outside:
        await tx.execute(Q.flag_sample, sample_id=row["id"], out_of_range=outside)
    return {**row, "out_of_range": outside}


async def insert_samples(tx: Transaction, rows: Sequence[NewSample]) -> list[tuple[UUID, str]]:
    """Store new samples with the next numbers of the year, announce each one, and return id and code in their order."""
    if not rows:
        return []
    at = tx.call.at
    last = await tx.value(Q.take_numbers, year=at.year, many=len(rows))
    codes = [model.code(at.year, number) for number in range(last - len(rows) + 1, last + 1)]
    ids = [uuid7() for _ in rows]
    labs = {row["id"]: row["lab_id"] for row in await _insert(tx, rows, ids=ids, codes=codes)}
    for new, sample_id, code in zip(rows, ids, codes, strict=True):
        announce_created(tx, new, Registered(id=sample_id, code=code, lab_id=labs[sample_id]))
    return list(zip(ids, codes, strict=True))


async def _insert(tx: Transaction, rows: Sequence[NewSample], *, ids: list[UUID], codes: list[str]) -> list[Record]:
    submitted = [row.submitted for row in rows]
    return await tx.rows(
        Q.insert_samples,
        ids=ids,
        codes=codes,
        names=[row.name for row in rows],
        aliases=[row.alias for row in rows],
        kinds=[row.kind for row in rows],
        materials=[row.material for row in rows],
        organisms=[row.organism for row in rows],
        project_ids=[row.project_id for row in rows],
        submission_ids=[row.submission_id for row in rows],
        row_numbers=[row.row_number for row in rows],
        service_types=[row.service_type for row in rows],
        volumes_ul=[said.volume_ul for said in submitted],
        qubits_ng_per_ul=[said.qubit_ng_per_ul for said in submitted],
        nanodrops_ng_per_ul=[said.nanodrop_ng_per_ul for said in submitted],
        a260_a280s=[said.a260_a280 for said in submitted],
        a260_a230s=[said.a260_a230 for said in submitted],
        fragments_bp=[said.fragment_bp for said in submitted],
        buffers=[said.buffer for said in submitted],
        comments=[said.comment for said in submitted],
        container_barcodes=[row.container_barcode for row in rows],
        priorities=[row.priority for row in rows],
        assignees=[row.assignee for row in rows],
        out_of_ranges=[" ".join(row.out_of_range) for row in rows],
        words=[model.words(row.name, row.alias) for row in rows],
        created_by=tx.call.actor.name,
        at=tx.call.at,
    )


def announce_created(tx: Transaction, new: NewSample, given: Registered) -> None:
    """Announce a new sample."""
    event = SampleCreated(**model.first_facts(new, given, at=tx.call.at), submitted=new.submitted.as_dict())
    tx.announce(event, subject=model.subject(given.id, given.code), tenant_id=given.lab_id)


async def change(tx: Transaction, sample: Sample, values: Mapping[str, Any]) -> Sample:
    """Store what the laboratory says of a sample; Violation for a barcode that is taken."""
    await tx.execute(Q.change_sample, sample_id=sample.id, at=tx.call.at, **values)
    return replace(sample, version=sample.version + 1, **values)


async def measure(tx: Transaction, sample: Sample, values: Mapping[str, Any]) -> Sample:
    """Store the values that count now. values: VALUES, measured, out_of_range, status."""
    await tx.execute(Q.measure_sample, sample_id=sample.id, at=tx.call.at, **values)
    return replace(sample, version=sample.version + 1, **values)


async def place(tx: Transaction, sample: Sample, location: str) -> Sample:
    """Store where the tube is after one more custody event."""
    values: dict[str, Any] = {"location": location, "custody_count": sample.custody_count + 1}
    await tx.execute(Q.place_sample, sample_id=sample.id, at=tx.call.at, **values)
    return replace(sample, version=sample.version + 1, **values)


async def touch(tx: Transaction, sample: Sample, *, status: str, library_count: int) -> Sample:
    """Store that work was recorded of a sample."""
    values: dict[str, Any] = {"status": status, "library_count": library_count}
    await tx.execute(Q.touch_sample, sample_id=sample.id, at=tx.call.at, **values)
    return replace(sample, version=sample.version + 1, **values)


async def move(tx: Transaction, sample: Sample, values: Mapping[str, Any]) -> Sample:
    """Store where a sample is now. values: stage, status, exit, status_reason, resumes_as, stage_entered_at."""
    await tx.execute(Q.move_sample, sample_id=sample.id, at=tx.call.at, **values)
    return replace(sample, version=sample.version + 1, **values)
