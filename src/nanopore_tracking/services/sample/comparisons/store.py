"""Figures of runs in the database."""

from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.services.sample.comparisons.model import KINDS, MOST_RUNS, Compared

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def of_run(db: Reads, run_id: UUID) -> Compared:
    """Return a run and those that it is compared with; NotFound."""
    row = await db.row(Q.of_run, run_id=run_id)
    if row is None:
        raise errors.NotFound("There is no such run.")
    like = {"product_code": row["product_code"], "kits": row["kits"]}
    rows = await db.rows(Q.like_it, run_id=run_id, most=MOST_RUNS, **like)
    return Compared(
        code=row["code"],
        figures={name: row[name] for name in KINDS if row[name] is not None},
        others={name: [each[name] for each in rows if each[name] is not None] for name in KINDS},
        **like,
    )
