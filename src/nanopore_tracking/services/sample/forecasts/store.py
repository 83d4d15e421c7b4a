"""Courses of runs, and backtests, in the database."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.postgres import Reads, Record
from nanopore_tracking.services.sample.decays import model as decays
from nanopore_tracking.services.sample.decays.model import Course
from nanopore_tracking.services.sample.forecasts.model import Found, Known

Q = sql.load(Path(__file__).with_name("queries.sql"))

#: The latest finished runs that a backtest looks at.
MOST_RUNS = 200


def _course(row: Record) -> Course:
    reloads = [each for each in row["reloads"] if each is not None]
    return decays.course(row["minutes"], [each / 1e9 for each in row["bases"]], reloads)


async def of_run(db: Reads, run_id: UUID) -> Known:
    """Return what is known of the course of a run; NotFound."""
    row = await db.row(Q.of_run, run_id=run_id)
    if row is None:
        raise errors.NotFound("There is no such run.")
    known = _course(row) if row["minutes"] else None
    return Known(code=row["code"], product_code=row["product_code"], known=known, ended=bool(row["ended"]))


async def finished(db: Reads, product_code: str) -> list[Course]:
    """Return the courses of the latest finished runs on a type of flow cell."""
    return [_course(row) for row in await db.rows(Q.finished, product_code=product_code, most=MOST_RUNS)]


async def outdated(db: Reads) -> list[tuple[str, str]]:
    """Return the types of flow cells that are to be looked at again, each with what it is known by next time."""
    return [(row["product_code"], row["fingerprint"]) for row in await db.rows(Q.outdated)]


async def keep(
    db: Reads, product_code: str, found: Found, *, courses: Sequence[Course], fingerprint: str, at: datetime
) -> None:
    """Store how forecasts did on a type of flow cell. courses: of its finished runs."""
    told = msgspec.json.encode(found).decode()
    await db.value(
        Q.keep_backtest,
        product_code=product_code,
        fingerprint=fingerprint,
        run_count=found.runs,
        finished=len(courses),
        median_bases=round(median([known.gb[-1] * 1e9 if known.gb else 0.0 for known in courses] or [0.0])),
        found=told,
        at=at,
    )


async def read(db: Reads, product_code: str) -> tuple[Found | None, datetime | None]:
    """Return how forecasts did on a type of flow cell and when that was looked at; None where it never was."""
    row = await db.row(Q.read_backtest, product_code=product_code)
    return (msgspec.json.decode(row["found"], type=Found), row["made_at"]) if row else (None, None)
