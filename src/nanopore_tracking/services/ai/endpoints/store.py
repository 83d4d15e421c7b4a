"""What language models cost, month by month, in the database."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def reserve(db: Reads, tokens: int, *, budget: int, at: datetime) -> date | None:
    """Set tokens of this month aside and return the month; None where it has not so many left."""
    found: date | None = await db.value(Q.reserve, tokens=tokens, budget=budget, at=at)
    return found


async def settle(db: Reads, month: date, *, more: int, cost: float) -> None:
    """Correct what was set aside by what a question cost. more: tokens, less than nothing gives some back."""
    await db.value(Q.settle, month=month, more=more, cost=cost)


async def usage(db: Reads, at: datetime) -> dict[str, Any]:
    """Return requests, tokens and cost of this month."""
    row = await db.row(Q.usage, at=at)
    return dict(row) if row else {"requests": 0, "tokens": 0, "cost": 0.0}
