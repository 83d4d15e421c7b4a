"""Computers with MinKNOW and their positions in the database."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.live import NewTelling, PositionTold
from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def lock_host(tx: Transaction, *, agent: str, host: str) -> Record | None:
    """Return a computer as it was told last, locked; None for one that is new."""
    return await tx.row(Q.lock_host, agent=agent, host=host)


async def keep_host(tx: Transaction, asked: NewTelling) -> UUID:
    """Store how a computer stands, and return its id."""
    found: UUID = await tx.value(
        Q.keep_host,
        id=uuid7(),
        agent=asked.agent,
        host=asked.host,
        agent_version=asked.agent_version,
        core_version=asked.core_version,
        reached=asked.reached,
        sentence=asked.sentence,
        at=tx.call.at,
    )
    return found


async def states(db: Reads, host_id: UUID) -> dict[str, str]:
    """Return how the positions of a computer stood, by their names."""
    return {row["name"]: row["state"] for row in await db.rows(Q.states_of, host_id=host_id)}


async def keep_position(tx: Transaction, host_id: UUID, asked: PositionTold, *, acquisition_id: UUID | None) -> None:
    """Store how a position stands. acquisition_id: the run that was told of it, None where none was."""
    await tx.execute(
        Q.keep_position,
        id=uuid7(),
        host_id=host_id,
        name=asked.name,
        state=asked.state,
        sentence=asked.sentence,
        flow_cell_id=asked.flow_cell_id,
        product_code=asked.product_code,
        acquisition_id=acquisition_id,
        at=tx.call.at,
    )


async def list_positions(db: Reads, *, quiet_at: datetime, **asked: Any) -> Page:
    """Return one page of positions; asked: filters, sort, after, limit."""
    found: Page = await Q.positions.page(db, quiet_at=quiet_at, **asked)
    return found
