"""What can be done with instruments: add a kind, add one, change one, change a position."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn
from uuid import UUID

from nanopore_tracking.contracts.api.sample.instruments import (
    InstrumentPatch,
    NewInstrument,
    NewInstrumentKind,
    PositionPatch,
)
from nanopore_tracking.contracts.events.sample.inventory import InstrumentChanged
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.instruments import model, store
from nanopore_tracking.services.sample.instruments.model import Instrument
from nanopore_tracking.services.sample.labs import model as labs


async def add_kind(tx: Transaction, asked: NewInstrumentKind) -> Written:
    """Add a kind of instrument; Conflict when its code is taken."""
    try:
        item = await store.insert_kind(tx, labs.asked(asked))
    except postgres.Violation as violation:
        if violation.constraint != "instrument_kind_code":
            raise
        raise errors.Conflict(
            f"There is a kind {asked.code} already. Nothing was changed; choose another code.",
            type="already-exists",
            fields=[errors.FieldError("code", "Another kind has this code.")],
        ) from None
    return Written(item=item)


async def add_instrument(tx: Transaction, asked: NewInstrument) -> Written:
    """Add an instrument with the positions of its kind; Invalid for no such kind, Conflict when its name is taken."""
    labs.require(labs.asked(asked), "name")
    kind = await store.find_kind(tx, asked.kind)
    if kind is None:
        raise errors.Invalid(
            f"There is no kind of instrument {asked.kind}. Nothing was changed.",
            fields=[errors.FieldError("kind", "There is no such kind.")],
        )
    instrument = Instrument(id=uuid7(), state="in_service", version=1, **labs.asked(asked))
    try:
        await store.insert_instrument(tx, instrument, model.position_names(kind, instrument.serial))
    except postgres.Violation as violation:
        _refuse_name(violation, instrument.name)
    await _announce(tx, instrument, [Change("state", None, instrument.state)])
    return await _written(tx, instrument.id)


async def change_instrument(tx: Transaction, instrument_id: UUID, asked: InstrumentPatch, *, seen: int) -> Written:
    """Change an instrument; NotFound, Stale, or Conflict when its name is taken."""
    instrument = await store.lock_instrument(tx, instrument_id)
    labs.match(instrument.version, seen, "instrument")
    after = replace(instrument, **labs.asked(asked))
    labs.require({"name": after.name}, "name")
    if after != instrument:
        try:
            await store.update_instrument(tx, after)
        except postgres.Violation as violation:
            _refuse_name(violation, after.name)
        before, now = ({name: getattr(each, name) for name in model.CHANGEABLE} for each in (instrument, after))
        await _announce(tx, after, labs.changes(before, now))
    return await _written(tx, instrument_id)


async def change_position(
    tx: Transaction, instrument_id: UUID, position_id: UUID, *, asked: PositionPatch, seen: int
) -> Written:
    """Say whether a position can be used; NotFound or Stale."""
    instrument = await store.lock_instrument(tx, instrument_id)
    labs.match(instrument.version, seen, "instrument")
    found = next((row for row in await store.positions_of(tx, instrument_id) if row["id"] == position_id), None)
    if found is None:
        raise errors.NotFound("The instrument has no such position. Nothing was changed.")
    await store.update_position(tx, position_id, state=asked.state, note=asked.note.strip())
    await store.update_instrument(tx, instrument)
    await _announce(tx, instrument, [Change(f"position {found['name']}", found["state"], asked.state)])
    return await _written(tx, instrument_id)


def _refuse_name(violation: postgres.Violation, name: str) -> NoReturn:
    if violation.constraint != "instrument_name":
        raise violation
    raise errors.Conflict(
        f"There is an instrument {name} already. Nothing was changed; choose another name.",
        type="already-exists",
        fields=[errors.FieldError("name", "Another instrument has this name.")],
    ) from None


async def _announce(tx: Transaction, instrument: Instrument, changes: Sequence[Change]) -> None:
    positions = [(row["name"], row["state"]) for row in await store.positions_of(tx, instrument.id)]
    event = InstrumentChanged(**model.facts(instrument, positions))
    tx.announce(event, subject=model.subject(instrument), changes=changes)


async def _written(tx: Transaction, instrument_id: UUID) -> Written:
    item, version = await store.show_instrument(tx, instrument_id)
    return Written(item=item, version=version, location=f"/api/inventory/instruments/{instrument_id}")
