"""Events that could not be handled: parked with those that follow them, listed, tried again or given up by a person."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.events import Change, Event, Subject
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.kernel.streams import Stored
from nanopore_tracking.kernel.telemetry import logs

Q = sql.load(Path(__file__).with_name("queries.sql"))

_LONGEST_ERROR = 2000
_LARGEST_ID = 2**63 - 1


class DeadLetterReplayed(Event, frozen=True, kw_only=True):
    """A person let an event be tried again that could not be handled."""

    type: ClassVar[str] = "dead_letter.replayed"
    source: str
    event_id: UUID
    event_type: str
    reason: str


class DeadLetterDiscarded(Event, frozen=True, kw_only=True):
    """A person decided that an event shall have no effect here."""

    type: ClassVar[str] = "dead_letter.discarded"
    source: str
    event_id: UUID
    event_type: str
    reason: str


#: What every service announces of its dead letters.
EVENTS: tuple[type[Event], ...] = (DeadLetterReplayed, DeadLetterDiscarded)


async def list_dead_letters(
    db: Reads, *, state: str | None = None, after: str | None = None, limit: int = 50, sort: str = "-id"
) -> Page:
    """Return one page of parked events, the latest first.

    state: waiting (it is tried again), dead (it waits for a person), replayed (it has had its effect), discarded; None
    for all.
    """
    page: Page = await Q.letters.page(db, filters={"state": state}, sort=sort, after=after, limit=limit)
    return page


async def replay(tx: Transaction, letter_id: int, reason: str) -> None:
    """Let a parked event be tried again, as often as a new one, now or after those parked before it.

    NotFound, or Conflict for one that was decided on already.
    """
    letter = await _open(tx, letter_id, reason)
    due = await tx.value(Q.is_first_letter, source=letter["source"], subject_id=letter["subject_id"], id=letter_id)
    await tx.execute(Q.replay_letter, id=letter_id, due=bool(due), reason=reason)
    event = DeadLetterReplayed(
        source=letter["source"], event_id=letter["event_id"], event_type=letter["type"], reason=reason
    )
    _announce(tx, event, letter_id, change=Change("state", letter["state"], "waiting"))


async def discard(tx: Transaction, letter_id: int, reason: str) -> None:
    """Decide that a parked event shall have no effect; those parked behind it are tried next.

    NotFound, or Conflict for one that was decided on already.
    """
    letter = await _open(tx, letter_id, reason)
    by = tx.call.actor
    await tx.execute(Q.discard_letter, id=letter_id, resolved_by=f"{by.name} ({by.id})", reason=reason)
    await tx.execute(Q.release_next, source=letter["source"], subject_id=letter["subject_id"])
    event = DeadLetterDiscarded(
        source=letter["source"], event_id=letter["event_id"], event_type=letter["type"], reason=reason
    )
    _announce(tx, event, letter_id, change=Change("state", letter["state"], "discarded"))


def _announce(tx: Transaction, event: Event, letter_id: int, *, change: Change) -> None:
    tx.announce(event, subject=Subject("dead_letter", str(letter_id)), changes=[change])


async def _open(tx: Transaction, letter_id: int, reason: str) -> Record:
    """Return a parked event that is still open, with everything locked that decides on its source's events."""
    if not reason.strip():
        message = "This must say why, for those who read it later."
        raise errors.Invalid(f"Nothing was changed. {message}", fields=[errors.FieldError("reason", message)])
    letter = await tx.row(Q.letter, id=letter_id) if 0 < letter_id <= _LARGEST_ID else None
    if letter is None:
        raise errors.NotFound("There is no such dead letter.")
    await tx.row(Q.lock_watermark, source=letter["source"])
    state = await tx.value(Q.lock_letter, id=letter_id)
    if state not in {"waiting", "dead"}:
        raise errors.Conflict(
            f"This event was decided on already: it is {state}. Nothing was changed.",
            type="decided-already",
            state=state,
        )
    return dict(letter) | {"state": state}


async def blocked(tx: Transaction, source: str, subject_ids: Sequence[str]) -> set[str]:
    """Return which of the subjects have parked events; what follows for them has to be parked behind."""
    rows = await tx.rows(Q.blocked_subjects, source=source, subject_ids=list(subject_ids))
    return {row["subject_id"] for row in rows}


async def park(
    tx: Transaction, source: str, message: Stored, *, subject_id: str, failure: Exception | None, delay_s: float
) -> None:
    """Park an event. failure: why it failed; None for one that follows another. delay_s: until the next attempt."""
    await tx.execute(
        Q.park_letter,
        source=source,
        epoch=message.epoch,
        sequence=message.sequence,
        event_id=event_id(source, message),
        type=message.subject.removeprefix(f"nanopore.{source}.") or "unknown",
        subject_id=subject_id,
        envelope=stored_text(message.payload.decode("utf-8", "replace")),
        attempts=0 if failure is None else 1,
        delay_s=None if failure is None else delay_s,
        error="" if failure is None else described(failure),
    )


def event_id(source: str, message: Stored) -> UUID:
    """Return the identifier of an event; one that does not say it gets its own, always the same."""
    try:
        return UUID(message.event_id or "")
    except ValueError:
        return uuid.uuid5(
            uuid.NAMESPACE_URL, f"nanopore:{source}:{message.position}:{message.epoch}:{message.sequence}"
        )


def described(failure: Exception) -> str:
    """Return why something failed, for the person who looks at it; without secrets."""
    message = failure.message if isinstance(failure, errors.Problem) else str(failure)
    return stored_text(logs.scrub(f"{type(failure).__name__}: {message}"))[:_LONGEST_ERROR]


def stored_text(text: str) -> str:
    """Return a text as PostgreSQL can keep it."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


async def counts(db: Reads) -> dict[str, Any]:
    """Return how many events wait for another attempt (`waiting`) and how many for a person (`dead`)."""
    row = await db.row(Q.letter_counts)
    return dict(row or {"waiting": 0, "dead": 0})
