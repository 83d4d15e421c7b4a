"""What can be done with an override that waits: ask for it, refuse it, let its time run out."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.overrides import OverrideRefusal
from nanopore_tracking.contracts.events.sample.overrides import OverrideAsked, OverrideSettled
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.overrides import model, store
from nanopore_tracking.services.sample.overrides.model import Override, Wanted


def address(override_id: UUID) -> str:
    """Return where an override is decided."""
    return f"/api/overrides/{override_id}"


async def ask(tx: Transaction, wanted: Sequence[Wanted]) -> list[UUID]:
    """Let overrides of locked things wait for a second person; return their ids.

    Conflict where one waits already for the thing as it is; one that was asked for what it was before is overtaken.
    """
    things = {one.thing.id: one.thing for one in wanted}
    for override_id in await store.too_late(tx, tx.call.at, list(things)):
        await expire(tx, override_id)
    for thing_id, (by, seen) in (await store.waiting_of(tx, list(things), tx.call.at)).items():
        if seen == things[thing_id].version:
            raise model.asked_already(things[thing_id].code, by)
        await store.overtake(tx, [thing_id])
    return [await _ask(tx, one) for one in wanted]


async def _ask(tx: Transaction, wanted: Wanted) -> UUID:
    thing = wanted.thing
    found = Override(
        id=uuid7(),
        kind=thing.kind,
        thing_id=thing.id,
        code=thing.code,
        lab_id=thing.lab_id,
        before=thing.state,
        seen=thing.version,
        to=wanted.to,
        reason=wanted.reason,
        missing=[item["code"] for item in wanted.missing],
        asked=msgspec.to_builtins(wanted.asked),
        asked_by=tx.call.by,
        asked_by_id=(tx.call.doer or tx.call.actor).id,
        expires_at=tx.call.at + model.PATIENCE,
        state="waiting",
        version=1,
    )
    await store.insert_override(tx, found, messages=[item["message"] for item in wanted.missing])
    tx.announce(
        OverrideAsked(**model.facts(found), expires_at=found.expires_at),
        subject=found.subject,
        tenant_id=found.lab_id,
        changes=[Change("override", None, f"waits for a second person: {found.reason}")],
    )
    return found.id


async def refuse(tx: Transaction, override_id: UUID, asked: OverrideRefusal, *, seen: int) -> Written:
    """Refuse an override with a reason; also who asked may take it back. NotFound, Stale, Conflict, Invalid."""
    found = await store.lock_override(tx, override_id)
    labs.match(found.version, seen, "override")
    model.open_now(found, tx.call.at)
    note = asked.reason.strip()
    labs.require({"reason": note}, "reason")
    await settled(tx, found, "refused", note=note)
    item = await store.show_override(tx, tx.call.scope, override_id)
    return Written(item=item, version=found.version + 1)


async def expire(tx: Transaction, override_id: UUID) -> None:
    """Let the time of an override run out."""
    found = await store.lock_override(tx, override_id)
    if found.state == "waiting" and found.expires_at <= tx.call.at:
        await settled(tx, found, "expired", note="")


async def settled(tx: Transaction, found: Override, state: str, *, note: str) -> None:
    """Store and announce what became of an override."""
    await store.settle(tx, found.id, state=state, note=note)
    tx.announce(
        OverrideSettled(**model.facts(found), state=state, note=note),
        subject=found.subject,
        tenant_id=found.lab_id,
        changes=[Change("override", f"asked for by {found.asked_by}", f"{state}: {note}" if note else state)],
    )
