"""Where sagas are kept: started and told in the caller's transaction, moved on only by who holds the lease."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.events import Actor, Subject
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Database, Reads, Record, Transaction
from nanopore_tracking.kernel.sagas import events
from nanopore_tracking.kernel.sagas.plan import Phase, Saga

Q = sql.load(Path(__file__).with_name("queries.sql"))

_encode = msgspec.json.encode
_decode = msgspec.json.decode


class Lost(Exception):
    """Another replica drives the saga by now, or it does not stand where it was thought to; nothing was written."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a saga stands, for who drives it.

    step: the one that is done next, or undone next; left_s and step_left_s: when it was claimed; cancel_reason: empty
    unless a person wants it undone; on_behalf_of: who started it, None for a service that did by itself.
    """

    id: UUID
    fence: int
    type: str
    version: int
    key: str
    subject: Subject
    tenant_id: UUID | None
    data: str
    state: str
    step: int
    attempts: int
    error: str
    cause: str
    cancel_reason: str
    request_id: str
    traceparent: str | None
    on_behalf_of: Actor | None
    last_owner: str | None
    left_s: float
    step_left_s: float | None

    @classmethod
    def of(cls, row: Record) -> "Place":
        """Return the place of a claimed row."""
        found = dict(row)
        subject = Subject(found.pop("subject_kind"), found.pop("subject_id"), found.pop("subject_code"))
        found["on_behalf_of"] = _decode(found["on_behalf_of"] or "null", type=Actor | None)
        found["cancel_reason"] = found["cancel_reason"] or ""
        return cls(subject=subject, **found)


async def start(
    tx: Transaction, saga: Saga, *, key: str, data: msgspec.Struct, subject: Subject, tenant_id: UUID | None = None
) -> UUID:
    """Start a saga if and only if the transaction commits; returns its id.

    key: what it is about; one of this type and key that was started before, whatever became of it, is not started
    again, and its id is returned. subject: what people call what it is about.
    """
    if not isinstance(data, saga.data):
        raise TypeError(f"the saga {saga.type} is started with {saga.data.__qualname__}")
    saga_id = uuid7()
    first = saga.steps[0].name
    started = await tx.value(
        Q.insert_saga,
        id=saga_id,
        type=saga.type,
        version=saga.version,
        key=key,
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_code=subject.code,
        tenant_id=tenant_id,
        data=_encode(data).decode(),
        step_name=first,
        step_count=len(saga.steps),
        deadline_s=float(saga.deadline_s),
        request_id=tx.call.request_id,
        traceparent=tx.call.traceparent,
        on_behalf_of=_encode(tx.call.doer).decode() if tx.call.doer else None,
    )
    if started is None:
        found: UUID = await tx.value(Q.find_saga, type=saga.type, key=key)
        return found
    event = events.SagaStarted(
        saga_id=saga_id, saga=saga.type, saga_version=saga.version, key=key, state="running", step=first
    )
    tx.announce(event, subject=_subject(saga_id, subject), tenant_id=tenant_id)
    return saga_id


async def tell(tx: Transaction, saga: str, *, key: str, signal: str, data: Any = None) -> bool:
    """Tell a saga something if and only if the transaction commits; False when none listens.

    saga: its type. None listens where there is none of this key, it is over or being undone, or it was told the same
    signal before.
    """
    said = _encode(data).decode()
    return await tx.value(Q.tell_saga, type=saga, key=key, name=signal, data=said) is not None


async def claim(
    db: Database, known: Collection[tuple[str, int]], *, owner: str, lease_s: float, limit: int
) -> list[Place]:
    """Take the lease of sagas that are due; of each, whoever held it before is fenced off from now on."""
    types, versions = [name for name, _ in known], [version for _, version in known]
    rows = await db.rows(Q.claim, owner=owner, lease_s=lease_s, types=types, versions=versions, limit=limit)
    return [Place.of(row) for row in rows]


async def outputs(db: Reads, saga_id: UUID) -> dict[str, Any]:
    """Return what the steps that are done returned, by their names."""
    return {row["name"]: _decode(row["output"]) for row in await db.rows(Q.outputs, saga_id=saga_id)}


async def hold(tx: Transaction, at: Place) -> None:
    """Let nobody tell the saga anything until the transaction ends; Lost when it is not ours."""
    if await tx.value(Q.hold_saga, id=at.id, fence=at.fence) is None:
        raise Lost(f"{at.type} {at.id}")


async def heard(tx: Reads, saga_id: UUID, signal: str) -> tuple[Any] | None:
    """Return what a saga was told under a name; None when it was not."""
    said = await tx.value(Q.heard, saga_id=saga_id, name=signal)
    return None if said is None else (_decode(said),)


async def move(
    tx: Reads,
    was: Place,
    now: Place,
    *,
    saga: Saga,
    delay_s: float = 0.0,
    step_left_s: float | None = None,
    released: bool = False,
) -> Place:
    """Keep where a saga stands now; returns that, with what a person wants of it meanwhile. Lost when it is not ours.

    delay_s: after which it is due again; step_left_s: how long its step waits at the most; released: it is let go.
    """
    wish = await tx.value(
        Q.move,
        id=was.id,
        fence=was.fence,
        was_step=was.step,
        was_state=was.state,
        state=now.state,
        step=now.step,
        step_name=step_name(saga, now.step),
        attempts=now.attempts,
        error=now.error,
        cause=now.cause,
        delay_s=delay_s,
        step_left_s=step_left_s,
        released=released,
    )
    if wish is None:
        raise Lost(f"{was.type} {was.id}")
    return replace(now, cancel_reason=wish)


def step_name(saga: Saga, step: int) -> str:
    """Return the name of the step at which a saga stands; of one that ended, the last that it was at."""
    return saga.steps[min(max(step, 0), len(saga.steps) - 1)].name


async def keep_step(tx: Transaction, at: Place, name: str, *, phase: Phase, output: Any, owner: str) -> None:
    """Keep that a step was done or undone."""
    await tx.execute(
        Q.keep_step,
        saga_id=at.id,
        step=at.step,
        phase=phase,
        name=name,
        output=_encode(output).decode(),
        attempts=at.attempts + 1,
        owner=owner,
    )


async def renew(db: Database, held: Mapping[UUID, int], *, owner: str, lease_s: float) -> None:
    """Keep the leases of sagas by their fences."""
    await db.execute(Q.renew, ids=list(held), fences=list(held.values()), owner=owner, lease_s=lease_s)


async def let_go(db: Database, at: Place) -> None:
    """Let anybody take a saga as it stands."""
    await db.execute(Q.let_go, id=at.id, fence=at.fence)


async def let_all_go(db: Database, owner: str) -> None:
    """Let others take whatever this replica holds."""
    await db.execute(Q.let_all_go, owner=owner)


async def counts(db: Reads) -> tuple[int, int]:
    """Return how many sagas are under way, and how many are stuck."""
    row = await db.row(Q.saga_counts)
    return (row["active"], row["stuck"]) if row else (0, 0)


async def unknown(db: Reads, known: Collection[tuple[str, int]]) -> list[str]:
    """Return which open sagas nobody here knows how to drive, as `type version`."""
    types, versions = [name for name, _ in known], [version for _, version in known]
    rows = await db.rows(Q.unknown_sagas, types=types, versions=versions)
    return [f"{row['type']} {row['version']}" for row in rows]


async def forget(db: Database) -> None:
    """Forget sagas that ended long ago."""
    await db.execute(Q.forget_sagas)


def announce(tx: Transaction, at: Place, kind: type[events.SagaEvent], *, step: str, reason: str = "") -> None:
    """Announce what became of a saga."""
    event = kind(
        saga_id=at.id,
        saga=at.type,
        saga_version=at.version,
        key=at.key,
        state=at.state,
        step=step,
        reason=reason,
    )
    tx.announce(event, subject=_subject(at.id, at.subject), tenant_id=at.tenant_id)


def _subject(saga_id: UUID, about: Subject) -> Subject:
    return Subject("saga", str(saga_id), about.code)
