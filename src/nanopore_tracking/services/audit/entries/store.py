"""The log in the database: entries are added at its end and read, nothing else."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.audit.entries.model import Entry, Hole, Search, Sight, Thing

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def append_entries(tx: Transaction, entries: Sequence[Entry], recorded_at: datetime) -> None:
    """Add entries at the end of the log, in their order; other writers wait until this transaction ends."""
    size = await tx.value(Q.lock_head)
    envelopes = [entry.envelope for entry in entries]
    behind = [envelope.on_behalf_of for envelope in envelopes]
    await tx.execute(
        Q.insert_entries,
        size=size,
        recorded_at=recorded_at,
        event_ids=[envelope.id for envelope in envelopes],
        types=[envelope.type for envelope in envelopes],
        versions=[envelope.version for envelope in envelopes],
        sources=[envelope.source for envelope in envelopes],
        epochs=[entry.epoch for entry in entries],
        source_sequences=[entry.source_sequence for entry in entries],
        occurred_ats=[envelope.occurred_at for envelope in envelopes],
        actor_kinds=[envelope.actor.kind for envelope in envelopes],
        actor_ids=[envelope.actor.id for envelope in envelopes],
        actor_names=[envelope.actor.name for envelope in envelopes],
        request_ids=[envelope.request_id for envelope in envelopes],
        trace_ids=[entry.trace_id for entry in entries],
        subject_kinds=[envelope.subject.kind for envelope in envelopes],
        subject_ids=[envelope.subject.id for envelope in envelopes],
        subject_codes=[envelope.subject.code for envelope in envelopes],
        tenant_ids=[envelope.tenant_id for envelope in envelopes],
        changes=[entry.changes for entry in entries],
        data=[entry.data for entry in entries],
        on_behalf_kinds=[who and who.kind for who in behind],
        on_behalf_ids=[who and who.id for who in behind],
        on_behalf_names=[who and who.name for who in behind],
    )
    await tx.execute(Q.grow_head, size=size + len(entries))


async def list_entries(db: Reads, sight: Sight, search: Search, *, sort: str, after: str | None, limit: int) -> Page:
    """Return one page of what the reader may see and asks for."""
    found: Page = await Q.entries.page(db, **asdict(sight), filters=asdict(search), sort=sort, after=after, limit=limit)
    return found


async def list_history(db: Reads, thing: Thing, *, sort: str, after: str | None, limit: int) -> Page:
    """Return one page of what happened to one object."""
    found: Page = await Q.history.page(
        db,
        subject_kind=thing.kind,
        subject_id=str(thing.id),
        scope=thing.scope,
        filters={},
        sort=sort,
        after=after,
        limit=limit,
    )
    return found


async def show_entry(db: Reads, sight: Sight, sequence: int) -> str | None:
    """Return one entry as JSON text, or None where the reader may see none of that number."""
    found: str | None = await db.value(Q.show_entry, sequence=sequence, **asdict(sight))
    return found


async def show_state(db: Reads) -> str:
    """Return the state of the whole log as JSON text."""
    found: str = await db.value(Q.state)
    return found


async def find_holes(db: Reads) -> list[Hole]:
    """Return where entries are missing: none in a log that is whole."""
    rows = await db.rows(Q.holes)
    return [Hole(**row) for row in rows if row["missing"]]
