"""Acquisitions that are read live and their minutes in the database."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.live import LiveRunTold, NewTick
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.live_ticks.model import Live

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def lock(tx: Transaction, run_id: str) -> Live | None:
    """Return an acquisition as it was told last, locked; None for one that is new. run_id: MinKNOW's."""
    row = await tx.row(Q.lock_live, run_id=run_id)
    return Live(**row) if row else None


async def keep(tx: Transaction, told: LiveRunTold, *, acquisition_id: UUID, host_id: UUID) -> None:
    """Store how an acquisition stands now, without its minutes."""
    texts = ("state", "phase", "stop_reason", "model", "kit", "started_at", "ended_at", "n50_bases")
    await tx.execute(
        Q.keep_live,
        id=uuid7(),
        run_id=told.acquisition_run_id,
        acquisition_id=acquisition_id,
        host_id=host_id,
        scans=_json(told.scans),
        lengths=_json(told.lengths),
        qualities=_json(told.qualities),
        at=tx.call.at,
        **{name: getattr(told, name) for name in texts},
    )


async def insert_ticks(tx: Transaction, live_id: UUID, ticks: Sequence[NewTick]) -> None:
    """Store minutes, and the last of them as what is known last. ticks: at least one, in order."""
    columns = ("reads", "bases", "pass_reads", "pass_bases")
    await tx.execute(
        Q.insert_ticks,
        live_id=live_id,
        at=tx.call.at,
        minutes=[tick.minute for tick in ticks],
        barcodes=[_json({each.barcode: each.pass_bases for each in tick.barcodes}) for tick in ticks],
        pores=[_json(tick.pores) for tick in ticks],
        **{name: [getattr(tick, name) for tick in ticks] for name in columns},
    )
    last = ticks[-1]
    totals = {name: getattr(last, name) for name in columns}
    await tx.execute(Q.advance, live_id=live_id, minute=last.minute, at=tx.call.at, **totals)


async def set_told(tx: Transaction, live_id: UUID, minute: int | None) -> None:
    """Store what pages were told last."""
    await tx.execute(Q.set_told, live_id=live_id, minute=minute, at=tx.call.at)


async def gone_quiet(db: Reads, *, quiet_at: datetime, quiet_s: float) -> list[str]:
    """Return MinKNOW's ids of acquisitions of which pages are to be told that nothing new comes."""
    return [row["run_id"] for row in await db.rows(Q.gone_quiet, quiet_at=quiet_at, quiet_s=quiet_s)]


async def going_on(db: Reads, host_id: UUID) -> list[str]:
    """Return MinKNOW's ids of the acquisitions of a computer that have not ended."""
    return [row["run_id"] for row in await db.rows(Q.going_on, host_id=host_id)]


async def state_of(db: Reads, run_id: str) -> Record:
    """Return what pages are told of an acquisition that is there. run_id: MinKNOW's."""
    row = await db.row(Q.state_of, run_id=run_id)
    if row is None:
        raise errors.NotFound("There is no such acquisition.")
    return row


async def list_ticks(db: Reads, run_id: UUID, **asked: Any) -> Page:
    """Return one page of the minutes of a run; asked: filters, sort, after, limit."""
    found: Page = await Q.ticks.page(db, run_id=run_id, **asked)
    return found


async def drop_old(tx: Transaction, before: datetime) -> int:
    """Delete some minutes of acquisitions that got nothing new since a moment, and return how many."""
    return len(await tx.rows(Q.drop_old, before=before))


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
