"""The numbers of reports from the database."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

from nanopore_tracking.contracts.api.sample.reports import (
    FailureCause,
    Failures,
    StageLoad,
    Throughput,
    ThroughputWeek,
    WeeklyLoad,
)
from nanopore_tracking.contracts.api.sample.samples import Stage
from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record
from nanopore_tracking.services.sample.reports import model
from nanopore_tracking.services.sample.reports.model import Period

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def throughput(db: Reads, scope: Scope, period: Period) -> Throughput:
    """Return what came and went in each week."""
    since, until = period.moments
    rows = await db.rows(Q.throughput, since=since, until=until, scope=scope)
    items = [ThroughputWeek(**row) for row in rows]
    return Throughput(definition=model.THROUGHPUT, since=period.since, until=period.until, items=items)


async def load(db: Reads, scope: Scope, period: Period) -> WeeklyLoad:
    """Return how many samples came to each stage in each week."""
    since, until = period.moments
    rows = await db.rows(Q.load, since=since, until=until, scope=scope, stages=list(get_args(Stage)))
    items = [StageLoad(**row) for row in rows]
    return WeeklyLoad(definition=model.LOAD, since=period.since, until=period.until, items=items)


async def failures(db: Reads, scope: Scope, period: Period) -> Failures:
    """Return why samples left the way."""
    since, until = period.moments
    rows = await db.rows(Q.failures, since=since, until=until, scope=scope, most=model.CAUSES)
    items = [FailureCause(**{name: row[name] for name in FailureCause.__struct_fields__}) for row in rows]
    total = rows[0]["total"] if rows else 0
    return Failures(definition=model.FAILURES, since=period.since, until=period.until, total=total, items=items)


async def attention(db: Reads, scope: Scope, now: datetime, **asked: Any) -> Page:
    """Return one page of the samples that somebody has to look at; asked: sort, after, limit."""
    low = await _low_yields(db, scope)
    page: Page = await Q.attention.page(
        db,
        scope=scope,
        now=now,
        held_before=now - model.HELD,
        failed_since=now - model.FAILED,
        low_ids=[row["id"] for row in low],
        low_reasons=[row["reason"] for row in low],
        low_sinces=[row["since"] for row in low],
        **asked,
    )
    return page


async def _low_yields(db: Reads, scope: Scope) -> Sequence[Record]:
    """Return the samples that yielded less than was asked for, with the reason and since when that is known."""
    said = [(row["target"], row["genome_size"]) for row in await db.rows(Q.targets, scope=scope)]
    aims = [(target, size, found) for target, size in said if (found := model.aim(target, size)) is not None]
    return await db.rows(
        Q.low_yields,
        scope=scope,
        targets=[target for target, _, _ in aims],
        sizes=[size for _, size, _ in aims],
        bases=[found.bases_bp for _, _, found in aims],
        reads=[found.reads for _, _, found in aims],
    )
