"""What can be done with lots of reagents: receive one, change what is known of it, use it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.kit_lots import KitLotPatch, NewKitLot, NewLotUse
from nanopore_tracking.contracts.events.sample.inventory import KitLotChanged, KitLotReturned, KitLotUsed
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.kit_lots import model, store
from nanopore_tracking.services.sample.kit_lots.model import KitLot
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.overrides import commands as override_commands
from nanopore_tracking.services.sample.overrides import model as overrides
from nanopore_tracking.services.sample.overrides import store as override_store
from nanopore_tracking.services.sample.overrides.model import Override, Wanted


async def receive_lot(tx: Transaction, asked: NewKitLot) -> Written:
    """Receive a lot; Invalid for a kit or dates that cannot be, Conflict when it is there already."""
    today = tx.call.at.date()
    values = labs.asked(asked)
    values["kit_code"] = model.kit_code(asked, await catalogue_store.current(tx, today))
    model.dated(asked.received_on, asked.expires_on, today=today)
    lot = KitLot(id=uuid7(), opened_on=None, reactions_used=0, state="sealed", version=1, **values)
    try:
        await store.insert_lot(tx, lot.id, values)
    except postgres.Violation as violation:
        if violation.constraint != "kit_lot_number":
            raise
        raise errors.Conflict(
            f"{lot.name} is here already. Nothing was changed; change how many reactions it has instead.",
            type="already-exists",
            fields=[errors.FieldError("lot", "This kit has a lot of this number already.")],
        ) from None
    tx.announce(
        KitLotChanged(**model.facts(lot)), subject=model.subject(lot), changes=[Change("state", None, "sealed")]
    )
    return await _written(tx, lot.id)


async def change_lot(tx: Transaction, lot_id: UUID, asked: KitLotPatch, *, seen: int) -> Written:
    """Change what is known of a lot; NotFound, Stale, Invalid, or Conflict for fewer reactions than were used."""
    lot = await store.lock_lot(tx, lot_id)
    labs.match(lot.version, seen, "lot")
    said = labs.asked(asked)
    discarded = said.pop("discarded", lot.state == "discarded")
    total = said.get("reactions_total", lot.reactions_total)
    after = replace(lot, **said)
    after = replace(after, state=model.state_of(lot, total=total, used=lot.reactions_used, discarded=discarded))
    model.dated(after.received_on, after.expires_on, today=tx.call.at.date())
    if after != lot:
        await store.update_lot(tx, after)
        changes = labs.changes(model.facts(lot), model.facts(after))
        tx.announce(KitLotChanged(**model.facts(after)), subject=model.subject(after), changes=changes)
    return await _written(tx, lot_id)


async def use_lot(tx: Transaction, lot_id: UUID, asked: NewLotUse, *, may_override: bool) -> Written:
    """Use reactions of a lot; NotFound, Conflict `lot-expired` or `lot-not-usable`, Forbidden without the right.

    What needs a second person is kept as an override that waits.
    """
    lot = await store.lock_lot(tx, lot_id)
    reason = asked.reason.strip()
    expired = model.usable(lot, tx.call.at.date(), reactions=asked.reactions, reason=reason, may_override=may_override)
    if expired and await override_store.second_person(tx):
        labs.require(labs.asked(asked), "used_for")
        wanted = Wanted(thing=model.thing(lot), to="used", reason=reason, missing=model.expiry(lot), asked=_kept(asked))
        (override_id,) = await override_commands.ask(tx, [wanted])
        location = override_commands.address(override_id)
        return replace(await _written(tx, lot_id), location=location, status=202)
    await take(tx, lot_id, asked, may_override=may_override)
    return await _written(tx, lot_id)


def _kept(asked: NewLotUse) -> dict[str, Any]:
    kept: dict[str, Any] = msgspec.to_builtins(asked)
    return kept


async def confirm(tx: Transaction, found: Override) -> None:
    """Use an expired lot as a second person confirmed it; Conflict where it was changed since."""
    lot = await store.lock_lot(tx, found.thing_id)
    overrides.still(found, state=lot.state, version=lot.version, missing=[])
    asked = msgspec.convert(found.asked, NewLotUse)
    await take(tx, lot.id, asked, may_override=True, asked_by=found.asked_by)


async def take(
    tx: Transaction,
    lot_id: UUID,
    asked: NewLotUse,
    *,
    may_override: bool,
    library_id: UUID | None = None,
    asked_by: str = "",
) -> KitLot:
    """Take reactions from a lot within a larger change, and return the lot after it; as `use_lot`."""
    labs.require(labs.asked(asked), "used_for")
    lot = await store.lock_lot(tx, lot_id)
    today = tx.call.at.date()
    overridden = model.usable(
        lot, today, reactions=asked.reactions, reason=asked.reason.strip(), may_override=may_override
    )
    used = lot.reactions_used + asked.reactions
    state = model.state_of(lot, total=lot.reactions_total, used=used, discarded=False)
    after = replace(lot, reactions_used=used, opened_on=lot.opened_on or today, state=state, version=lot.version + 1)
    await store.update_lot(tx, after)
    values = labs.asked(asked) | {"reason": asked.reason.strip() if overridden else ""}
    await store.insert_use(tx, lot_id, values, library_id=library_id, asked_by=asked_by if overridden else "")
    await override_store.overtake(tx, [lot_id])
    event = KitLotUsed(
        **model.facts(after),
        kind=asked.kind,
        used_for=values["used_for"],
        reactions=asked.reactions,
        override_reason=values["reason"],
        asked_by=asked_by if overridden else "",
    )
    changes = labs.changes(model.facts(lot), model.facts(after))
    tx.announce(event, subject=model.subject(after), changes=changes)
    return after


async def give_back(tx: Transaction, lot_id: UUID, asked: NewLotUse, *, library_id: UUID) -> None:
    """Give reactions that were taken for a library back to their lot, with the reason; a discarded one stays so."""
    lot = await store.lock_lot(tx, lot_id)
    used = lot.reactions_used - asked.reactions
    state = model.state_of(lot, total=lot.reactions_total, used=used, discarded=lot.state == "discarded")
    after = replace(lot, reactions_used=used, state=state, version=lot.version + 1)
    await store.update_lot(tx, after)
    values = labs.asked(asked) | {"reactions": -asked.reactions}
    await store.insert_use(tx, lot_id, values, library_id=library_id)
    event = KitLotReturned(
        **model.facts(after), used_for=asked.used_for, reactions=asked.reactions, reason=asked.reason
    )
    changes = labs.changes(model.facts(lot), model.facts(after))
    tx.announce(event, subject=model.subject(after), changes=changes)


async def _written(tx: Transaction, lot_id: UUID) -> Written:
    item, version = await store.show_lot(tx, tx.call.at.date(), lot_id)
    return Written(item=item, version=version, location=f"/api/inventory/kit-lots/{lot_id}")
