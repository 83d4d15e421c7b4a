"""What a person sees of sagas and decides about them: try again, or undo; each with a reason, and announced."""

from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.kernel.sagas import events
from nanopore_tracking.kernel.sagas.store import Q

#: The states of sagas that are not over.
OPEN = ("running", "waiting", "compensating", "stuck")
_ENDINGS = {"completed": "completed", "compensated": "undone"}


async def list_sagas(
    db: Reads,
    *,
    state: str | None = None,
    type: str | None = None,
    after: str | None = None,
    limit: int = 50,
    sort: str = "-id",
) -> Page:
    """Return one page of sagas, the latest first; state: `open` for all that are not over, None for all."""
    states = None if state is None else list(OPEN) if state == "open" else [state]
    filters: dict[str, Any] = {"states": states, "type": type}
    page: Page = await Q.sagas.page(db, filters=filters, sort=sort, after=after, limit=limit)
    return page


async def show(db: Reads, saga_id: UUID) -> bytes:
    """Return one saga with its steps, as JSON; NotFound when there is none."""
    row = await db.row(Q.show_saga, id=saga_id)
    if row is None:
        raise errors.NotFound("There is no such saga.")
    steps, signals = await db.value(Q.show_steps, id=saga_id), await db.value(Q.show_signals, id=saga_id)
    more = {"data": row["data"], "steps": steps, "signals": signals}
    whole = msgspec.json.decode(row["item"], type=dict[str, msgspec.Raw])
    return msgspec.json.encode(whole | {name: msgspec.Raw(text.encode()) for name, text in more.items()})


async def retry(tx: Transaction, saga_id: UUID, reason: str) -> None:
    """Let a saga try again now what failed; NotFound, or Conflict where nothing failed."""
    saga = await _held(tx, saga_id, reason)
    state = saga["state"]
    if state == "waiting" or not (saga["error"] or state == "stuck"):
        raise errors.Conflict(
            f"Nothing of this saga failed: it is {state}. Nothing was changed.", type="nothing-failed", state=state
        )
    await tx.execute(Q.retry_saga, id=saga_id)
    after = "compensating" if state == "stuck" else state
    _announce(tx, saga, events.SagaRetried, reason=reason, state=after)


async def cancel(tx: Transaction, saga_id: UUID, reason: str) -> None:
    """Let a saga be undone before its next step; NotFound, or Conflict where it is being undone already."""
    saga = await _held(tx, saga_id, reason)
    state = saga["state"]
    if state in ("compensating", "stuck") or saga["cancel_reason"] is not None:
        raise errors.Conflict(
            "This saga is being undone already. Nothing was changed.", type="undone-already", state=state
        )
    actor = tx.call.actor
    await tx.execute(Q.cancel_saga, id=saga_id, cancelled_by=f"{actor.name} ({actor.id})", reason=reason)
    _announce(tx, saga, events.SagaCancelled, reason=reason, state=state)


async def _held(tx: Transaction, saga_id: UUID, reason: str) -> Record:
    """Return a saga that is not over, locked; the reason has to say something."""
    if not reason.strip():
        message = "This must say why, for those who read it later."
        raise errors.Invalid(f"Nothing was changed. {message}", fields=[errors.FieldError("reason", message)])
    saga = await tx.row(Q.lock_saga, id=saga_id)
    if saga is None:
        raise errors.NotFound("There is no such saga.")
    if saga["state"] in _ENDINGS:
        raise errors.Conflict(
            f"This saga is over: it was {_ENDINGS[saga['state']]}. Nothing was changed.",
            type="over-already",
            state=saga["state"],
        )
    return saga


def _announce(tx: Transaction, saga: Record, kind: type[events.SagaEvent], *, reason: str, state: str) -> None:
    event = kind(
        saga_id=saga["id"],
        saga=saga["type"],
        saga_version=saga["version"],
        key=saga["key"],
        state=state,
        step=saga["step_name"],
        reason=reason,
    )
    changes = [Change("state", saga["state"], state)] if state != saga["state"] else []
    subject = Subject("saga", str(saga["id"]), saga["subject_code"])
    tx.announce(event, subject=subject, tenant_id=saga["tenant_id"], changes=changes)
