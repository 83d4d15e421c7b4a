"""Basecallings and their reads in the database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.read_sets.model import ReadSet

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_basecalls(db: Reads, **asked: Any) -> Page:
    """Return one page of basecallings; asked: filters, sort, after, limit."""
    found: Page = await Q.basecalls.page(db, **asked)
    return found


async def list_read_sets(db: Reads, scope: Scope, **asked: Any) -> Page:
    """Return one page of read sets of the samples in a scope; asked: filters, sort, after, limit."""
    found: Page = await Q.read_sets.page(db, scope=scope, **asked)
    return found


async def keep_basecall(tx: Transaction, values: dict[str, Any]) -> UUID:
    """Store a basecalling, or that it was read again, and return its id."""
    found: UUID = await tx.value(Q.keep_basecall, id=uuid7(), at=tx.call.at, **values)
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
            mean_q=each.part.mean_q,
            median_q=each.part.median_q,
        )


async def drop_of_acquisition(tx: Transaction, acquisition_id: UUID) -> None:
    """Forget whose reads an acquisition has: it is another run, or none."""
    await tx.execute(Q.drop_of_acquisition, acquisition_id=acquisition_id)
