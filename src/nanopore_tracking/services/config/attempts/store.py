"""Failed attempts in the database."""

from datetime import datetime
from pathlib import Path

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.config.attempts import model
from nanopore_tracking.services.config.attempts.model import Attempt, Rule

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def find_attempts(db: Reads, keys: list[bytes]) -> list[Attempt]:
    """Return what is remembered of the keys."""
    return [Attempt(**row) for row in await db.rows(Q.find_attempts, keys=keys)]


async def count_failure(tx: Transaction, rule: Rule, key: bytes) -> int:
    """Remember one more failure under a key; return how many there are in a row."""
    at = tx.call.at
    await tx.execute(Q.ensure_attempt, key=key, at=at)
    row = await tx.row(Q.lock_attempt, key=key)
    attempt = model.failed(rule, Attempt(**row) if row else None, key=key, at=at)
    await tx.execute(
        Q.keep_attempt,
        key=key,
        failures=attempt.failures,
        last_at=attempt.last_at,
        blocked_until=attempt.blocked_until,
    )
    return attempt.failures


async def forget_attempts(tx: Transaction, keys: list[bytes]) -> None:
    """Forget the failures under the keys."""
    await tx.execute(Q.forget_attempts, keys=keys)


async def forget_old_attempts(tx: Transaction, before: datetime) -> None:
    """Forget what failed before a time."""
    await tx.execute(Q.forget_old_attempts, before=before)
