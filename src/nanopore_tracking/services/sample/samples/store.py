"""Samples in the database; nobody else writes their table."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.events.sample.samples import SampleCreated
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import parsed, uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction, Violation
from nanopore_tracking.services.sample.catalogue.model import Catalogue, Threshold
from nanopore_tracking.services.sample.samples import model
from nanopore_tracking.services.sample.samples.model import NewSample, Place, Registered, Sample, Submitted

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
Refusal = Callable[[Violation], NoReturn]
MISSING = "There is no such sample, or none that you may see."
#: Matching samples that are counted one by one; more are not counted.
COUNTED = 100_000
#: Numbers that are taken from the counter together for samples that come one by one, while there are not enough.
SPARED_AT_ONCE, SPARED_ENOUGH = 128, 64
#: Projects whose places are remembered.
_REMEMBERED = 1000

#: Places as they were last read: guesses, as the statement that uses one makes sure of it.
_places: dict[UUID, Place] = {}

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
    if found.get("overdue") is False:
        found["not_overdue"] = not found.pop("overdue")
    if "priority" in found:
        found["urgency"] = [model.URGENCY[priority] for priority in found.pop("priority")]
    if "q" in found:
        found["q"] = model.search(found["q"])
    return found


async def list_samples(db: Reads, scope: Scope, *, filters: Mapping[str, Any], **asked: Any) -> Page:
    """Return one page of samples; asked: sort, after, limit. The queue has only those with a running clock."""
    if asked.get("sort") in ("due", "-due"):
        filters = {**filters, "clocked": True}
    chosen = seen(scope, filters)
    if "q" in chosen and "ids" not in chosen:
        # In the order of the list the whole table would be read for a word that few have.
        chosen["ids"] = await db.value(Q.rare, q=chosen["q"])
    found: Page = await Q.samples.page(db, filters=chosen, **asked)
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
    found = parsed(said)
    return found, None if found else said.upper()


async def lock_sample(tx: Transaction, sample_id: UUID) -> Sample:
    """Return a sample in the caller's scope, locked; NotFound where there is none."""
    return _one(await lock_samples(tx, [sample_id]))


async def lock_samples(tx: Transaction, sample_ids: Sequence[UUID]) -> list[Sample]:
    """Return those of some samples that are in the caller's scope, locked."""
    await tx.rows(Q.lock_samples, sample_ids=list(sample_ids), scope=tx.call.scope)
    return await read_samples(tx, tx.call.scope, sample_ids)


async def read_sample(db: Reads, scope: Scope, sample_id: UUID) -> Sample:
    """Return a sample in a scope as it is now; NotFound where there is none."""
    return _one(await read_samples(db, scope, [sample_id]))


async def read_samples(db: Reads, scope: Scope, sample_ids: Sequence[UUID]) -> list[Sample]:
    """Return those of some samples that are in a scope as they are now."""
    return [_sample(row) for row in await db.rows(Q.read_samples, sample_ids=list(sample_ids), scope=scope)]


def _one(found: list[Sample]) -> Sample:
    if not found:
        raise errors.NotFound(MISSING)
    return found[0]


def _sample(row: Record) -> Sample:
    values = dict(row)
    submitted = Submitted(**{name: values.pop(f"submitted_{name}") for name in _SUBMITTED})
    return Sample(submitted=submitted, **values)


@functools.lru_cache(16)
def _decoded(entries: str) -> Catalogue:
    return Catalogue(thresholds=msgspec.json.decode(entries, type=list[Threshold]))


async def limits(db: Transaction, *, material: str, service_type: str, fragment_bp: float | None) -> list[Threshold]:
    """Return the limits for the values of such a sample, by the catalogue that is in effect now."""
    entries = await db.value(Q.thresholds, day=db.call.at.date())
    return _decoded(entries or "[]").limits(
        model.GATES, material=model.substance(material), service_type=service_type, fragment_bp=fragment_bp
    )


async def place_of(tx: Transaction, project_id: UUID) -> Place | None:
    """Return what a new sample of the project takes over; None where the project or its lab is not active or not there.

    At the first attempt perhaps as it was some time ago, which `register` finds out.
    """
    found = None if tx.attempt else _places.get(project_id)
    if found is None:
        row = await tx.row(Q.intake_place, project_id=project_id, day=tx.call.at.date())
        if row is None:
            return None
        found = Place(**{**row, "limits": _decoded(row["limits"] or "[]")})
        if len(_places) >= _REMEMBERED:
            _places.clear()
        _places[project_id] = found
    return found


async def register(tx: Transaction, new: NewSample, place: Place, *, given: Registered, refuse: Refusal) -> None:
    """Announce one new sample and store it at the end of the transaction.

    given: its code is a mark, which the real one takes the place of. The command is run again when the place is not as
    it was read, or no spare number was left. refuse: raises what a broken constraint means.
    """
    if tx.attempt:
        await tx.execute(Q.spare_numbers, year=tx.call.at.year, many=SPARED_AT_ONCE, enough=SPARED_ENOUGH)
    tx.conclude(
        Q.register_sample,
        mark=given.code,
        refuse=refuse,
        project_id=new.project_id,
        project_code=place.project_code,
        lab_id=place.lab_id,
        lab_name=place.lab_name,
        limits_version=place.limits_version,
        year=tx.call.at.year,
        day=tx.call.at.date(),
        sample_id=given.id,
        name=new.name,
        alias=new.alias,
        kind=new.kind,
        material=new.material,
        organism=new.organism,
        service_type=new.service_type,
        container_barcode=new.container_barcode,
        priority=new.priority,
        assignee=new.assignee,
        out_of_range=new.out_of_range,
        words=model.words(new.name, new.alias),
        created_by=tx.call.by,
        at=tx.call.at,
        priority_reason=new.priority_reason,
        **new.submitted.as_dict(),
    )
    announce_created(tx, new, given)


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
        priority_reasons=[row.priority_reason for row in rows],
        created_by=tx.call.by,
        at=tx.call.at,
    )


def announce_created(tx: Transaction, new: NewSample, given: Registered) -> None:
    """Announce a new sample."""
    event = SampleCreated(**model.first_facts(new, given, at=tx.call.at), submitted=new.submitted.as_dict())
    tx.announce(event, subject=model.subject(given.id, given.code), tenant_id=given.lab_id)


async def change(tx: Transaction, changes: Sequence[tuple[Sample, Mapping[str, Any]]]) -> list[Sample]:
    """Store what the laboratory says of samples, and until when they are due; Violation for a barcode that is taken."""
    await tx.execute(Q.change_samples, at=tx.call.at, **_columns(changes))
    return [replace(sample, version=sample.version + 1, **values) for sample, values in changes]


def _columns(changes: Sequence[tuple[Sample, Mapping[str, Any]]]) -> dict[str, list[Any]]:
    """Return the ids and each value of many changes side by side; all have the same values."""
    columns = {name: [values[name] for _, values in changes] for name in changes[0][1]}
    return {"sample_ids": [sample.id for sample, _ in changes], **columns}


async def measure(tx: Transaction, sample: Sample, values: Mapping[str, Any]) -> Sample:
    """Store the values that count now. values: VALUES, measured, out_of_range, status."""
    await tx.execute(Q.measure_sample, sample_id=sample.id, at=tx.call.at, **values)
    return replace(sample, version=sample.version + 1, **values)


async def handle(tx: Transaction, sample_ids: Sequence[UUID]) -> None:
    """Store that something happened to the tubes of samples."""
    await tx.execute(Q.handle_samples, sample_ids=list(sample_ids), at=tx.call.at)


async def touch(tx: Transaction, touched: Sequence[tuple[Sample, Mapping[str, Any]]]) -> list[Sample]:
    """Store that work was recorded of samples. values: status, library_count."""
    await tx.execute(Q.touch_samples, at=tx.call.at, **_columns(touched))
    return [replace(sample, version=sample.version + 1, **values) for sample, values in touched]


async def move(tx: Transaction, moves: Sequence[tuple[Sample, Mapping[str, Any]]]) -> list[Sample]:
    """Store where samples are now. values: what `stages.model.moved` returns, due_at and clock_paused."""
    await tx.execute(Q.move_samples, at=tx.call.at, **_columns(moves))
    return [replace(sample, version=sample.version + 1, **values) for sample, values in moves]


async def clock(tx: Transaction, sample: Sample, *, due_at: datetime | None, paused: str) -> Sample:
    """Store until when the stage of a sample should be done, or why its clock stands still."""
    values: dict[str, Any] = {"due_at": due_at, "clock_paused": paused}
    await tx.execute(Q.clock_sample, sample_id=sample.id, at=tx.call.at, **values)
    return replace(sample, version=sample.version + 1, **values)
