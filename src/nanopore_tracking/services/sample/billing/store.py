"""Billing events in the database, and the same made again from what happened."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.charges import Estimate
from nanopore_tracking.contracts.events.sample import BillingRecorded
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.billing import model
from nanopore_tracking.services.sample.billing.model import Billed, Credit, Fact
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.catalogue.model import Catalogue
from nanopore_tracking.services.sample.clocks import model as clocks

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_events(db: Reads, scope: Scope, lab_id: UUID, *, begins: datetime, ends: datetime, **asked: Any) -> Page:
    """Return one page of what was charged to a lab within a time; asked: filters, sort, after, limit."""
    found: Page = await Q.billing_events.page(db, scope=scope, lab_id=lab_id, begins=begins, ends=ends, **asked)
    return found


async def record(tx: Transaction, fact: Fact, prices: Catalogue) -> None:
    """Store and announce what is charged for a fact, once however often it is told; prices: in effect today."""
    for billed in model.billed(fact, prices):
        values = _values(billed)
        made = await tx.value(Q.insert_billing_event, id=uuid7(), **values)
        if made is not None:
            subject = Subject("billing_event", str(made), billed.subject_code)
            event = BillingRecorded(billing_event_id=made, **values)
            tx.announce(event, subject=subject, tenant_id=billed.lab_id)


async def charge(tx: Transaction, source_ids: Sequence[UUID]) -> None:
    """Charge what follows from rows that were just stored: transitions, loads, runs, records."""
    facts = [Fact(**row) for row in await tx.rows(Q.facts_from, source_ids=list(source_ids))]
    if facts:
        prices = await catalogue_store.current(tx, tx.call.at.date())
        for fact in facts:
            await record(tx, fact, prices)


def _values(billed: Billed) -> dict[str, Any]:
    return {name: getattr(billed, name) for name in Billed.__slots__}


async def month_of(db: Reads, lab_id: UUID, *, begins: datetime, ends: datetime) -> list[Billed]:
    """Return all that was charged to a lab within a time."""
    return [Billed(**row) for row in await db.rows(Q.month_of, lab_id=lab_id, begins=begins, ends=ends)]


async def rebuild(db: Reads, lab_id: UUID, *, begins: datetime, ends: datetime) -> list[Billed]:
    """Return the same, made again from what happened itself."""
    return await _billed(
        db, [Fact(**row) for row in await db.rows(Q.facts_of, lab_id=lab_id, begins=begins, ends=ends)]
    )


async def _billed(db: Reads, facts: Sequence[Fact]) -> list[Billed]:
    prices: dict[Any, Catalogue] = {}
    found: list[Billed] = []
    for fact in facts:
        day = fact.happened_at.date()
        if day not in prices:
            prices[day] = await catalogue_store.current(db, day)
        found += model.billed(fact, prices[day])
    return found


async def credits_of(db: Reads, lab_id: UUID, *, begins: datetime, ends: datetime) -> list[Credit]:
    """Return all that was taken back of a lab's charges within a time."""
    return [Credit(**row) for row in await db.rows(Q.credits_of, lab_id=lab_id, begins=begins, ends=ends)]


async def charged_again(db: Reads, lab_id: UUID, credits: Sequence[Credit]) -> list[Billed]:
    """Return what is charged for the facts that credits are of, made again from what happened itself."""
    fact_ids = list({each.fact_id for each in credits})
    rows = await db.rows(Q.facts_by_id, lab_id=lab_id, fact_ids=fact_ids) if fact_ids else []
    return await _billed(db, [Fact(**row) for row in rows])


async def lock_event(tx: Transaction, scope: Scope, *, lab_id: UUID, event_id: UUID) -> Record:
    """Return a billing event of a lab and how much of it was credited, locked; NotFound."""
    await tx.rows(Q.lock_event, event_id=event_id, scope=scope)
    row = await tx.row(Q.find_event, event_id=event_id, lab_id=lab_id, scope=scope)
    if row is None:
        raise errors.NotFound("There is no such billing event of this lab, or none that you may see.")
    return row


async def insert_credit(tx: Transaction, lab_id: UUID, credit: Credit) -> None:
    """Store what is taken back."""
    left_out = ("fact_id", "subject_code", "charged_at", "credited_at")
    values = {name: getattr(credit, name) for name in Credit.__slots__ if name not in left_out}
    await tx.execute(Q.insert_credit, lab_id=lab_id, at=credit.credited_at, **values)


async def estimate(db: Reads, scope: Scope, said: str, *, day: date) -> Estimate:
    """Return what the work on a submission, named by its id or its code, is foreseen to cost; NotFound."""
    try:
        submission_id, code = UUID(said), None
    except ValueError:
        submission_id, code = None, said.upper()
    row = await db.row(Q.estimated_of, submission_id=submission_id, code=code, scope=scope)
    if row is None:
        raise errors.NotFound("There is no such submission, or none that you may see.")
    prices = await catalogue_store.current(db, day)
    lines = model.estimated(row["row_count"], prices)
    return Estimate(
        submission_id=row["id"],
        code=row["code"],
        sample_count=row["row_count"],
        price_version=prices.versions.get("price_items"),
        lines=lines,
        total_cents=model.sums(lines),
    )


async def zone(db: Reads) -> tzinfo:
    """Return the time zone that the months of statements begin in."""
    return clocks.zone(await db.value(Q.facility_zone) or "UTC")


def told(events: Sequence[Billed]) -> list[Any]:
    """Return events as plain values in an order of their own, to be compared."""
    return [msgspec.to_builtins(_values(each)) for each in model.order(events)]
