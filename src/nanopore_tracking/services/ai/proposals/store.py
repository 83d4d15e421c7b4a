"""How many questions each person put to the language model today, in the database."""

from datetime import date
from pathlib import Path

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads, Transaction

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def count(db: Reads, account: str, day: date, *, most: int) -> bool:
    """Count a question of a person; False where they have put so many on that day already."""
    return await db.value(Q.count_question, account=account, day=day, most=most) is not None


async def forget(tx: Transaction, day: date) -> None:
    """Remove what was counted before a day."""
    await tx.execute(Q.forget_askers, day=day)
