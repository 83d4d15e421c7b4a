"""What is accepted unseen, and the calibrations that it stands on, in the database."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.acceptances.model import Calibrated, Made, Policy, Rule

Q = sql.load(Path(__file__).with_name("queries.sql"))

_made = msgspec.json.Decoder(Made)


async def policy(db: Reads) -> Policy:
    """Return what may be accepted unseen."""
    row = await db.row(Q.show_acceptance)
    assert row is not None
    return Policy(**row)


async def last(db: Reads) -> Calibrated | None:
    """Return the calibration that counts, None before there is one."""
    row = await db.row(Q.last_calibration)
    return Calibrated(**{**row, "content": _made.decode(row["content"])}) if row else None


async def rule(db: Reads) -> Rule:
    """Return what counts for the next form; a calibration for another error rate accepts nothing unseen."""
    asked, made = await policy(db), await last(db)
    if made is None:
        return Rule(error_rate=asked.error_rate)
    if made.error_rate != asked.error_rate:
        return Rule(error_rate=asked.error_rate, made=Made(made.content.calibration))
    return Rule(error_rate=asked.error_rate, made=made.content)


async def lock(tx: Transaction) -> tuple[float | None, int]:
    """Return the error rate that counts and its version, locked."""
    row = await tx.row(Q.lock_acceptance)
    assert row is not None
    return row["error_rate"], row["version"]


async def change(tx: Transaction, error_rate: float | None) -> None:
    """Store which share may be wrong."""
    await tx.execute(Q.change_acceptance, error_rate=error_rate, by=tx.call.by, at=tx.call.at)


async def keep(tx: Transaction, version: int, made: Made, *, outcome_count: int, error_rate: float | None) -> None:
    """Store a calibration."""
    content = msgspec.json.encode(made).decode()
    values = {"version": version, "outcome_count": outcome_count, "error_rate": error_rate, "content": content}
    await tx.execute(Q.insert_calibration, **values)


async def list_lots(db: Reads, scope: list[UUID] | None, **asked: Any) -> Page:
    """Return one page of forms with values that were drawn by lot; asked: filters, sort, after, limit."""
    found: Page = await Q.lots.page(db, scope=scope, **asked)
    return found
