"""What MinKNOW said last of a run, in the database."""

from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.live_states.model import Told

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def told_last(db: Reads, run_id: UUID) -> Told | None:
    """Return what MinKNOW said last of a run; None where it said nothing."""
    row = await db.row(Q.told_last, run_id=run_id)
    return Told(**row) if row else None


async def set_followed(tx: Transaction, told: Told) -> None:
    """Store that the run has seen what is told of it now."""
    await tx.execute(Q.set_followed, acquisition_run_id=told.acquisition_run_id, followed=told.meaning or "")


async def named_so(db: Reads, protocol_run_id: str, *, run_id: UUID) -> str | None:
    """Return the code of another run that has MinKNOW's id of a protocol run; None where none has."""
    found: str | None = await db.value(Q.named_so, protocol_run_id=protocol_run_id, run_id=run_id)
    return found
