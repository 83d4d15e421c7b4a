"""Clocks in the database, and what targets are counted by."""

import functools
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.catalogue.model import ServiceType
from nanopore_tracking.services.sample.clocks import model
from nanopore_tracking.services.sample.clocks.model import Calendar, Clock, PauseReason, Target, Terms, Wound

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
#: Whose clock: `sample_id` or `submission_id` with the id.
Owner = Mapping[str, UUID]
#: A sample whose next clock begins: its id, the stage (None for none), its priority and its service type.
Begun = tuple[UUID, str | None, str, str]


class _Holiday(msgspec.Struct, frozen=True):
    code: date


@functools.lru_cache(16)
def _terms(services: str, holidays: str, zone: str) -> Terms:
    offered = msgspec.json.decode(services, type=list[ServiceType])
    free = frozenset(holiday.code for holiday in msgspec.json.decode(holidays, type=list[_Holiday]))
    calendar = Calendar(zone=model.zone(zone), holidays=free)
    return Terms(calendar=calendar, sla_days={service.code: service.sla_days for service in offered})


async def terms(db: Reads, day: date) -> Terms:
    """Return what targets are counted by on a day (UTC)."""
    row = await db.row(Q.terms, day=day)
    said = dict(row) if row else {}
    return _terms(said.get("services") or "[]", said.get("holidays") or "[]", said.get("zone") or "UTC")


def sample(sample_id: UUID) -> Owner:
    """Return a sample as the owner of a clock."""
    return {"sample_id": sample_id}


def submission(submission_id: UUID) -> Owner:
    """Return a submission as the owner of a clock."""
    return {"submission_id": submission_id}


def _owner(owner: Owner) -> dict[str, UUID | None]:
    return {"sample_id": owner.get("sample_id"), "submission_id": owner.get("submission_id")}


async def list_clocks(db: Reads, scope: Scope, owner: Owner, **asked: Any) -> Page:
    """Return one page of clocks; asked: filters, sort, after, limit."""
    found: Page = await Q.clocks.page(db, scope=scope, **_owner(owner), **asked)
    return found


async def lock_clock(tx: Transaction, owner: Owner) -> Clock | None:
    """Return the clock that is not stopped, locked; None where there is none."""
    await tx.rows(Q.lock_clock, **_owner(owner))
    row = await tx.row(Q.find_clock, **_owner(owner))
    if row is None:
        return None
    said = dict(row)
    target = Target(basis=said.pop("basis"), hours=said.pop("target_hours"), days=said.pop("target_days"))
    reason, since = said.pop("pause_reason"), said.pop("paused_at")
    over = msgspec.json.decode(said.pop("over"), type=list[tuple[datetime, datetime]])
    return Clock(target=target, paused=(reason, since) if reason else None, over=over, **said)


async def start(tx: Transaction, owner: Owner, stage: str, *, priority: str, service_type: str) -> datetime | None:
    """Stop the clock that runs and start the next one; return until when the stage should be done, None without one."""
    wound = model.wind(stage, priority, service_type, at=tx.call.at, terms=await terms(tx, tx.call.at.date()))
    await _switch(tx, owner, stage=stage, priority=priority, wound=wound)
    return wound.due_at if wound else None


async def begin(tx: Transaction, begun: Sequence[Begun]) -> dict[UUID, datetime | None]:
    """Do the same for many samples; a clock of no stage is only stopped."""
    known = await terms(tx, tx.call.at.date())
    wound = {
        sample_id: model.wind(stage, priority, service_type, at=tx.call.at, terms=known) if stage else None
        for sample_id, stage, priority, service_type in begun
    }
    targets = [each.target if each else Target() for each in wound.values()]
    due = {sample_id: each.due_at if each else None for sample_id, each in wound.items()}
    await tx.execute(
        Q.switch_clocks,
        clock_ids=[uuid7() for _ in begun],
        sample_ids=list(wound),
        stages=[stage or "-" for _, stage, _, _ in begun],
        priorities=[priority for _, _, priority, _ in begun],
        bases=[target.basis for target in targets],
        target_hours=[target.hours for target in targets],
        target_days=[target.days for target in targets],
        due_ats=list(due.values()),
        at=tx.call.at,
        by=tx.call.by,
    )
    return due


async def stop(tx: Transaction, owner: Owner) -> None:
    """Stop the clock that runs."""
    await _switch(tx, owner, stage="-", priority="normal", wound=None)


async def _switch(tx: Transaction, owner: Owner, *, stage: str, priority: str, wound: Wound | None) -> None:
    target = wound.target if wound else Target()
    await tx.execute(
        Q.switch_clock,
        clock_id=uuid7(),
        stage=stage,
        priority=priority,
        basis=target.basis,
        target_hours=target.hours,
        target_days=target.days,
        due_at=wound.due_at if wound else None,
        at=tx.call.at,
        by=tx.call.by,
        **_owner(owner),
    )


async def pause(tx: Transaction, clock: Clock, reason: PauseReason, *, note: str = "") -> None:
    """Let a clock stand still; a pause for another reason ends."""
    calendar = (await terms(tx, tx.call.at.date())).calendar
    if clock.paused is not None:
        await tx.execute(Q.end_pause, clock_id=clock.id, at=tx.call.at, by=tx.call.by)
    await _set(tx, model.paused(clock, reason, at=tx.call.at, calendar=calendar))
    await tx.execute(
        Q.begin_pause, id=uuid7(), clock_id=clock.id, reason=reason, note=note, at=tx.call.at, by=tx.call.by
    )


async def resume(tx: Transaction, clock: Clock) -> datetime:
    """Let a clock run on, and return until when it runs."""
    calendar = (await terms(tx, tx.call.at.date())).calendar
    after = model.resumed(clock, at=tx.call.at, calendar=calendar)
    if clock.paused is not None:
        await tx.execute(Q.end_pause, clock_id=clock.id, at=tx.call.at, by=tx.call.by)
        await _set(tx, after)
    return after.due_at


async def rewind(tx: Transaction, owner: Owner, *, priority: str, service_type: str) -> datetime | None:
    """Give the clock that is not stopped the target of another priority; return until when it runs, None where not."""
    clock = await lock_clock(tx, owner)
    if clock is None:
        return None
    known = await terms(tx, tx.call.at.date())
    wound = model.wind(clock.stage, priority, service_type, at=clock.started_at, terms=known)
    if wound is None:
        return None
    after = model.rewound(clock, wound, priority=priority, calendar=known.calendar)
    await _set(tx, after)
    return None if after.paused else after.due_at


async def _set(tx: Transaction, clock: Clock) -> None:
    await tx.execute(
        Q.set_clock,
        clock_id=clock.id,
        priority=clock.priority,
        basis=clock.target.basis,
        target_hours=clock.target.hours,
        target_days=clock.target.days,
        due_at=clock.due_at,
        left_s=clock.left_s,
    )
