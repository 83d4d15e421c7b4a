"""Bulk jobs in the database: groups are taken by whoever is free, results are written once."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.bulk import ScannedSamples
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.events import Actor
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.bulk import model
from nanopore_tracking.services.sample.bulk.model import Item, Job, Result
from nanopore_tracking.services.sample.containers import store as container_store
from nanopore_tracking.services.sample.samples import store as sample_store

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
#: Samples whose ids are read at once.
_PAGE = 1000


class _Listed(msgspec.Struct):
    id: UUID


_LISTED = msgspec.json.Decoder(_Listed)


async def selected(db: Reads, scope: Scope, filters: Mapping[str, Any], *, most: int) -> list[UUID]:
    """Return the samples that a list with these filters has, by code; one more than `most` where there are more."""
    found: list[UUID] = []
    after: str | None = None
    while len(found) <= most:
        page = await sample_store.list_samples(
            db, scope, filters=filters, sort="code", after=after, limit=min(_PAGE, most + 1 - len(found))
        )
        found += [_LISTED.decode(item).id for item in page.items]
        after = page.next
        if after is None:
            break
    return found


async def scanned(db: Reads, scope: Scope, codes: Sequence[str]) -> ScannedSamples:
    """Return the samples in a scope that codes were scanned of, and the codes that are none of these or come again."""
    found = await container_store.scan(db, dict.fromkeys(codes))
    ids = {one.sample_id for one in found.values() if one.sample_id}
    samples = {sample.id: sample for sample in await sample_store.read_samples(db, scope, sorted(ids))}
    return model.scanned(codes, {said: one.sample_id for said, one in found.items()}, samples)


async def list_jobs(db: Reads, scope: Scope, caller: str, **asked: Any) -> Page:
    """Return one page of the jobs that a caller may see; asked: filters, sort, after, limit."""
    found: Page = await Q.jobs.page(db, scope=scope, caller=caller, **asked)
    return found


async def show_job(db: Reads, scope: Scope, caller: str, *, job_id: UUID) -> str:
    """Return one job as JSON text; NotFound."""
    found = await list_jobs(db, scope, caller, filters={"id": job_id}, limit=1)
    if not found.items:
        raise errors.NotFound("There is no such change of many samples, or none that you may see.")
    return found.items[0]


async def list_results(db: Reads, scope: Scope, job_id: UUID, **asked: Any) -> Page:
    """Return one page of what became of the samples of a job; asked: filters, sort, after, limit."""
    found: Page = await Q.results.page(db, scope=scope, job_id=job_id, **asked)
    return found


async def find_job(db: Reads, job_id: UUID) -> Job:
    """Return one job; NotFound."""
    row = await db.row(Q.find_job, job_id=job_id)
    if row is None:
        raise errors.NotFound("There is no such change of many samples, or none that you may see.")
    values = dict(row)
    actor = Actor(*(values.pop(f"actor_{name}") for name in ("kind", "id", "name")))
    return Job(actor=actor, operation=msgspec.json.decode(values.pop("operation")), **values)


async def insert_job(
    tx: Transaction, job: Job, sample_ids: Sequence[UUID], *, said: Mapping[UUID, Any] | None = None
) -> None:
    """Store a new job; Violation where the job that it takes back was taken back already.

    said: what is asked of each sample alone.
    """
    alone = said or {}
    await tx.execute(
        Q.insert_job,
        job_id=job.id,
        kind=job.kind,
        operation=msgspec.json.encode(job.operation).decode(),
        undoes=job.undoes,
        may_override=job.may_override,
        actor_kind=job.actor.kind,
        actor_id=job.actor.id,
        actor_name=job.actor.name,
        labs=None if job.labs is None else list(job.labs),
        sample_ids=list(sample_ids),
        said=[_encoded(alone.get(sample_id)) for sample_id in sample_ids],
        size=model.GROUP,
        at=tx.call.at,
    )


def _encoded(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


async def changed_ids(db: Reads, job_id: UUID) -> list[UUID]:
    """Return the samples that a job changed, the last one first."""
    return [row["sample_id"] for row in await db.rows(Q.changed_ids, job_id=job_id)]


async def take_group(tx: Transaction) -> tuple[UUID, int] | None:
    """Return a group that nobody works on, None where there is none; it is this transaction's until it ends."""
    row = await tx.row(Q.take_group)
    return (row["job_id"], row["number"]) if row else None


async def group_items(db: Reads, job: Job, number: int) -> list[Item]:
    """Return the samples of a group, what is asked of each, and what the job that is undone did with it."""
    rows = await db.rows(Q.group_items, job_id=job.id, number=number, undoes=job.undoes)
    return [
        Item(
            sample_id=row["sample_id"],
            said=msgspec.json.decode(row["said"] or "null"),
            changes=msgspec.json.decode(row["changes"] or "{}"),
            measurements=row["measurements"] or (),
        )
        for row in rows
    ]


async def close_group(tx: Transaction, job: Job, number: int, *, results: Sequence[Result]) -> dict[str, int] | None:
    """Store the results of a group; return how many of each the job has when this was its last group."""
    await tx.execute(
        Q.keep_results,
        job_id=job.id,
        sample_ids=[result.sample_id for result in results],
        outcomes=[result.outcome for result in results],
        reasons=[result.reason for result in results],
        messages=[result.message for result in results],
        changes=[_encoded(result.changes) if result.outcome == "changed" else None for result in results],
        # An array of arrays would have to be a rectangle.
        measurements=["{" + ",".join(map(str, result.measurements)) + "}" for result in results],
    )
    await tx.execute(Q.close_group, job_id=job.id, number=number, at=tx.call.at)
    if await tx.value(Q.close_job, job_id=job.id, at=tx.call.at):
        return None
    row = await tx.row(Q.outcomes, job_id=job.id)
    return dict(row) if row else None


async def hold_group(tx: Transaction, job_id: UUID, number: int) -> bool:
    """Tell whether a group is still to be done; nobody else does it before the transaction ends."""
    found: bool = await tx.value(Q.hold_group, job_id=job_id, number=number)
    return found
