"""Basecallings and their reads in the database."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.read_sets.model import Basecalling, Called, KeptSet, Named, ReadSet

Q = sql.load(Path(__file__).with_name("queries.sql"))

MISSING = "There is no such basecalling."

Scope = list[UUID] | None


async def list_basecalls(db: Reads, **asked: Any) -> Page:
    """Return one page of basecallings; asked: filters, sort, after, limit."""
    found: Page = await Q.basecalls.page(db, **asked)
    return found


async def list_read_sets(db: Reads, scope: Scope, **asked: Any) -> Page:
    """Return one page of read sets of the samples in a scope; asked: filters, sort, after, limit."""
    found: Page = await Q.read_sets.page(db, scope=scope, **asked)
    return found


async def show_basecall(db: Reads, basecall_id: UUID) -> str:
    """Return a basecalling as JSON text; NotFound."""
    found = await list_basecalls(db, filters={"id": basecall_id}, limit=1)
    if not found.items:
        raise errors.NotFound(MISSING)
    return found.items[0]


async def names_of(db: Reads, acquisition_id: UUID) -> dict[str, Named]:
    """Return which models people named, by the summaries of an acquisition."""
    rows = await db.rows(Q.names_of, acquisition_id=acquisition_id)
    return {row["summary"]: Named(model=row["model"], min_q=row["min_q"]) for row in rows}


async def lock_basecall(tx: Transaction, basecall_id: UUID) -> Record:
    """Return a basecalling that is about to be named, locked; NotFound."""
    row = await tx.row(Q.lock_basecall, basecall_id=basecall_id)
    if row is None:
        raise errors.NotFound(f"{MISSING} Nothing was changed.")
    return row


async def is_named(db: Reads, row: Record) -> bool:
    """Tell whether a person has named the model of a basecalling's summary."""
    found: bool = await db.value(Q.is_named, acquisition_id=row["acquisition_id"], summary=row["summary"])
    return found


async def name(tx: Transaction, row: Record, named: Named, *, reason: str) -> bool:
    """Store which model a summary was called with; return False where a basecalling is there that says the same."""
    said = {"acquisition_id": row["acquisition_id"], "summary": row["summary"]}
    said |= {"model": named.model, "min_q": named.min_q}
    if await tx.value(Q.taken, basecall_id=row["id"], **said):
        return False
    await tx.execute(Q.keep_name, id=uuid7(), reason=reason, by=tx.call.by, at=tx.call.at, **said)
    await tx.execute(Q.set_model, basecall_id=row["id"], model=named.model, min_q=named.min_q)
    return True


async def whose(db: Reads, basecall_id: UUID) -> Record | None:
    """Return the run that a basecalling is of, how its folder stands, and its samples; None where it is of no run."""
    return await db.row(Q.whose, basecall_id=basecall_id)


async def keep_basecall(tx: Transaction, acquisition_id: UUID, called: Basecalling, *, at: datetime) -> UUID:
    """Store a basecalling, or that it was read again, and return its id; of an acquisition the latest counts."""
    found: UUID = await tx.value(
        Q.keep_basecall,
        id=uuid7(),
        acquisition_id=acquisition_id,
        model=called.model,
        min_q=called.min_q,
        summary=called.summary,
        reads=sum(each.part.reads for each in called.sets),
        bases=sum(each.part.bases for each in called.sets),
        at=at,
    )
    return found


async def replace_read_sets(tx: Transaction, basecall_id: UUID, *, run_id: UUID, sets: Sequence[ReadSet]) -> None:
    """Store the reads of a basecalling in the place of what was known before."""
    loads = await tx.rows(Q.loads_of_run, run_id=run_id)
    load_id = loads[0]["id"] if len(loads) == 1 else None
    await tx.execute(Q.drop_read_sets, basecall_id=basecall_id)
    for each in sets:
        await tx.execute(
            Q.insert_read_set,
            id=uuid7(),
            basecall_id=basecall_id,
            run_id=run_id,
            kind=each.kind,
            barcode=each.barcode,
            alias=each.alias,
            sample_id=each.sample_id,
            load_id=load_id,
            reads=each.part.reads,
            bases=each.part.bases,
            pass_reads=each.part.pass_reads if each.judged else None,
            pass_bases=each.part.pass_bases if each.judged else None,
            n50_bases=each.part.n50_bases,
            pass_n50_bases=each.part.pass_n50_bases,
            pass_mean_q=each.part.pass_mean_q,
            mean_q=each.part.mean_q,
            median_q=each.part.median_q,
        )


async def basecalls_of(db: Reads, sample_ids: Sequence[UUID]) -> dict[UUID, Called]:
    """Return the basecalling of each sample that was read last, of those that have one that is whole."""
    found = {}
    for row in await db.rows(Q.basecalls_of_samples, sample_ids=list(sample_ids)):
        values = dict(row)
        sample_id = values.pop("sample_id")
        found[sample_id] = Called(**values)
    return found


async def sets_of(db: Reads, basecall_ids: Sequence[UUID]) -> dict[UUID, list[KeptSet]]:
    """Return the reads of basecallings that are of a sample or of no barcode."""
    found: dict[UUID, list[KeptSet]] = {basecall_id: [] for basecall_id in basecall_ids}
    for row in await db.rows(Q.sets_of_basecalls, basecall_ids=list(basecall_ids)):
        values = dict(row)
        found[values.pop("basecall_id")].append(KeptSet(**values))
    return found


async def drop_of_acquisition(tx: Transaction, acquisition_id: UUID) -> None:
    """Forget whose reads an acquisition has: it is another run, or none."""
    await tx.execute(Q.drop_of_acquisition, acquisition_id=acquisition_id)
