"""What can be done with libraries: make one, change what is said of it, move it to another state."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.chain import Step
from nanopore_tracking.contracts.api.sample.libraries import LibraryPatch, NewLibrary
from nanopore_tracking.contracts.api.sample.libraries import NewSource as AskedSource
from nanopore_tracking.contracts.events.sample.chain import LibraryChanged, LibraryCreated, LibraryMoved
from nanopore_tracking.contracts.events.sample.samples import SampleChanged
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.aliquots import model as aliquots
from nanopore_tracking.services.sample.aliquots import store as aliquot_store
from nanopore_tracking.services.sample.barcodes import model as barcodes
from nanopore_tracking.services.sample.barcodes.model import Labelled, Shelf
from nanopore_tracking.services.sample.billing import store as billing_store
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.chain import commands as chain_commands
from nanopore_tracking.services.sample.chain import model as chain
from nanopore_tracking.services.sample.chain import store as chain_store
from nanopore_tracking.services.sample.kit_lots import store as lot_store
from nanopore_tracking.services.sample.kit_lots.model import KitLot
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.libraries import model, store
from nanopore_tracking.services.sample.libraries.model import Library, Source
from nanopore_tracking.services.sample.overrides import store as override_store
from nanopore_tracking.services.sample.overrides.model import Override, SecondPerson
from nanopore_tracking.services.sample.reagents import commands as reagents
from nanopore_tracking.services.sample.reagents.model import needed
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample


async def shelf(tx: Transaction) -> Shelf:
    """Return the kits and barcodes as they are in effect now."""
    day = tx.call.at.date()
    return Shelf(catalogue=await catalogue_store.current(tx, day), sets=await catalogue_store.barcode_sets(tx, day))


async def create_library(tx: Transaction, asked: NewLibrary) -> Written:
    """Make a library; NotFound, Invalid, or Conflict by a sample, by what there is of it, or by the gate."""
    library = await make(tx, asked, on=await shelf(tx))
    item, version = await store.show_library(tx, tx.call.scope, str(library.id))
    return Written(item=item, version=version, location=f"/api/libraries/{library.code}")


async def make(tx: Transaction, asked: NewLibrary, *, on: Shelf) -> Library:
    """Make a library of what was asked for, and announce it."""
    taken = [await _take(tx, source) for source in asked.sources]
    _once(asked.sources, [sample.code for sample, _, _ in taken])
    different = {sample.id: sample for sample, _, _ in taken}
    if len({sample.lab_id for sample in different.values()}) > 1:
        message = "All samples of a library are of one lab. Make a library for each lab, and pool the libraries."
        raise errors.Invalid(f"{message} Nothing was recorded.", fields=[errors.FieldError("sources", message)])
    marks = barcodes.assigned(on, asked.kit, asked.barcodes, samples=_labelled(different.values()))
    (code,) = await chain_store.take_codes(tx, "library")
    library = await _new(tx, asked, code=code, taken=taken, on=on)
    kept = [store.NewSource(sample_id=sample.id, aliquot_id=way.aliquot_id, volume_ul=way.volume_ul)
            for sample, _, way in taken]  # fmt: skip
    await store.insert_library(tx, library, sources=kept, barcodes=marks)
    for sample in different.values():
        await _worked(tx, sample, code)
    whole = await store.lock_library(tx, library.id)
    tx.announce(
        LibraryCreated(**model.facts(whole)),
        subject=model.subject(whole.id, code),
        tenant_id=whole.lab_id,
        changes=[Change("samples", None, ", ".join(sample.code for sample in different.values()))],
    )
    if asked.prepared:
        whole = await move(tx, whole, chain.Asked(to="prepared"), on=on)
    return whole


async def _new(
    tx: Transaction, asked: NewLibrary, *, code: str, taken: Sequence[tuple[Sample, Source, store.NewSource]], on: Shelf
) -> Library:
    said = {name: value for name, value in labs.asked(asked).items() if name in model.PREPARATION}
    kit = on.catalogue.kit_named(asked.kit)
    said["kit"] = kit.code if kit else said["kit"]
    await _dated(tx, said)
    if asked.prepared:
        said["operator"] = said["operator"] or tx.call.by
        said["finished_at"] = said["finished_at"] or tx.call.at
    volumes = [way.volume_ul for _, _, way in taken]
    if said["input_volume_ul"] is None and None not in volumes:
        said["input_volume_ul"] = sum(volume for volume in volumes if volume)
    _times(said)
    return Library(
        id=uuid7(),
        code=code,
        lab_id=taken[0][0].lab_id,
        state="planned",
        state_reason="",
        used_ul=0,
        version=1,
        **said,
        **chain.unmeasured(),
    )


async def _lot(tx: Transaction, kit: str, lot: str) -> KitLot | None:
    return await lot_store.lot_of_kit(tx, kit_code=kit, lot=lot) if lot else None


async def _dated(tx: Transaction, said: dict[str, Any]) -> None:
    """Let the last day of a lot that is in the inventory be the one that is known there."""
    lot = await _lot(tx, said["kit"], said["kit_lot"] or "")
    if lot is not None:
        said["lot_expires_on"] = lot.expires_on


def _times(said: Mapping[str, Any]) -> None:
    begun, done = said.get("started_at"), said.get("finished_at")
    if begun is not None and done is not None and done < begun:
        message = "Work does not end before it begins."
        field = errors.FieldError("finished_at", message)
        raise errors.Invalid(f"{message} Nothing was recorded.", fields=[field])


async def _take(tx: Transaction, asked: AskedSource) -> tuple[Sample, Source, store.NewSource]:
    """Return the sample that a source is of, locked, with what is taken of it or of its aliquot."""
    if (asked.sample is None) == (asked.aliquot is None):
        message = "Name either a sample or an aliquot."
        raise errors.Invalid(f"{message} Nothing was recorded.", fields=[errors.FieldError("sources", message)])
    aliquot_id, volume_ul = None, asked.volume_ul
    if asked.aliquot is not None:
        aliquot = await aliquot_store.lock_aliquot(tx, asked.aliquot)
        sample = await sample_store.lock_sample(tx, aliquot.sample_id)
        volume_ul = aliquot.volume_ul - aliquot.used_ul if volume_ul is None else volume_ul
        if volume_ul <= 0:
            raise errors.Conflict(f"The aliquot {aliquot.code} is used up. Nothing was recorded.", type="not-enough")
        aliquots.use(aliquot, volume_ul)
        await aliquot_store.use(tx, aliquot.id, volume_ul)
        aliquot_id = aliquot.id
    else:
        sample_id = await sample_store.find_sample(tx, tx.call.scope, asked.sample or "")
        sample = await sample_store.lock_sample(tx, sample_id)
        if volume_ul is not None:
            aliquots.take(sample, taken_ul=await aliquot_store.taken_ul(tx, sample.id), volume_ul=volume_ul)
    model.allowed(sample)
    source = Source(sample_id=sample.id, sample_code=sample.code, aliquot_code=asked.aliquot, volume_ul=volume_ul,
                    has_material=sample.has_material)  # fmt: skip
    return sample, source, store.NewSource(sample_id=sample.id, aliquot_id=aliquot_id, volume_ul=volume_ul)


def _once(asked: Sequence[AskedSource], codes: Sequence[str]) -> None:
    direct = [code for source, code in zip(asked, codes, strict=True) if source.sample is not None]
    twice = sorted({code for code in direct if direct.count(code) > 1})
    if twice:
        message = f"{', '.join(twice)} is named twice; name each sample once."
        raise errors.Invalid(f"{message} Nothing was recorded.", fields=[errors.FieldError("sources", message)])


async def _worked(tx: Transaction, sample: Sample, code: str) -> None:
    values = {"status": samples.worked(sample), "library_count": sample.library_count + 1}
    (changed,) = await sample_store.touch(tx, [(sample, values)])
    changes = [Change("library", None, code)]
    if changed.status != sample.status:
        changes.append(Change("status", sample.status, changed.status))
    tx.announce(
        SampleChanged(**samples.facts(changed)),
        subject=samples.subject(sample.id, sample.code),
        tenant_id=sample.lab_id,
        changes=changes,
    )


async def change_library(tx: Transaction, library_id: UUID, asked: LibraryPatch, *, seen: int) -> Written:
    """Change what is said of the preparation of a planned library; NotFound, Stale, Invalid or Conflict."""
    library = await store.lock_library(tx, library_id)
    labs.match(library.version, seen, "library")
    model.changeable(library)
    said = labs.asked(asked)
    marks = said.pop("barcodes", None)
    before = {name: getattr(library, name) for name in model.PREPARATION}
    after = before | said
    _times(after)
    labs.require(after, "kit")
    on = await shelf(tx)
    kit = on.catalogue.kit_named(after["kit"])
    after["kit"] = kit.code if kit else after["kit"]
    await _dated(tx, after)
    if marks is not None:
        await _mark(tx, library, marks, kit=after["kit"], on=on)
    changed = await store.change(tx, library, after)
    whole = await store.lock_library(tx, library_id)
    _announce_change(tx, whole, changes=labs.changes(before, after))
    item, version = await store.show_library(tx, tx.call.scope, str(changed.id))
    return Written(item=item, version=version)


def _labelled(found: Iterable[Sample]) -> dict[str, Labelled]:
    named: dict[str, Labelled] = {}
    for sample in found:
        label = Labelled(id=sample.id, code=sample.code, alias=sample.alias)
        named |= {sample.code: label, str(sample.id): label}
    return named


async def _mark(tx: Transaction, library: Library, asked: Any, *, kit: str, on: Shelf) -> None:
    ids = {source.sample_id for source in library.sources}
    found = [await sample_store.read_sample(tx, tx.call.scope, sample_id) for sample_id in ids]
    marks = barcodes.assigned(on, kit, asked, samples=_labelled(found))
    try:
        await store.replace_barcodes(tx, library.id, marks)
    except postgres.Violation as violation:
        if violation.constraint != "barcode_of_library":
            raise
        pools = ", ".join([*library.draft_pools, *library.fixed_pools])
        raise errors.Conflict(
            f"The library {library.code} is in {pools}, where its barcodes were checked. Nothing was changed; take "
            "it out of the pool first.",
            type="in-pool",
        ) from None


async def move_library(tx: Transaction, library_id: UUID, asked: Step, *, seen: int, may_override: bool) -> Written:
    """Move a library to another state; NotFound, Stale, Conflict `not-allowed` or `gate-not-met`, Invalid."""
    library = await store.lock_library(tx, library_id)
    labs.match(library.version, seen, "library")
    wanted = await chain_commands.asked_of(tx, asked, may_override=may_override)
    waits = {}
    try:
        await move(tx, library, wanted, on=await shelf(tx))
    except SecondPerson as problem:
        waits = await chain_commands.wait(tx, library.stands, wanted, problem=problem, lab_id=library.lab_id)
    item, version = await store.show_library(tx, tx.call.scope, str(library_id))
    return Written(item=item, version=version, **waits)


async def confirm(tx: Transaction, found: Override) -> None:
    """Move a library as a second person confirmed it; Conflict where it was changed since, or more is missing."""
    library = await store.lock_library(tx, found.thing_id)
    await move(tx, library, chain_commands.confirmed(found), on=await shelf(tx))


async def move(
    tx: Transaction, library: Library, asked: chain.Asked, *, on: Shelf, table: chain.Table = model.WAYS
) -> Library:
    """Move a locked library through the one table of its states, or back through the one of undo, and announce it."""
    begins = library.state == "planned" and asked.to == "prepared"
    lot = await _lot(tx, library.kit, library.kit_lot) if begins else None
    lot = await lot_store.lock_lot(tx, lot.id) if lot is not None else None
    facts = model.Facts(library=library, kit=on.catalogue.kit_named(library.kit), today=tx.call.at.date(), lot=lot)
    missing = chain.decide(library.stands, asked, table=table, facts=facts)
    used: dict[str, Any] = {"library_id": library.id, "code": library.code, "reason": asked.reason}
    if lot is not None:
        await reagents.take(tx, lot, reactions=needed(len(library.barcodes)), **used)
    elif asked.to == "planned":
        await reagents.give_back(tx, **used)
    done = model.finished(library, to=asked.to, by=tx.call.by, at=tx.call.at)
    moved = await store.move(tx, done, state=asked.to, reason=asked.reason)  # type: ignore[arg-type]
    change_id = await chain_store.insert_change(tx, library.stands, asked, missing=missing)
    await override_store.overtake(tx, [library.id])
    if begins:
        await billing_store.charge(tx, [change_id])
    tx.announce(
        LibraryMoved(
            **model.facts(moved),
            before_state=library.state,
            reason=asked.reason,
            missing=missing,
            asked_by=chain.asker(asked, missing),
        ),
        subject=model.subject(library.id, library.code),
        tenant_id=library.lab_id,
        changes=labs.changes(
            *({name: getattr(each, name) for name in ("state", "operator", "finished_at")} for each in (library, moved))
        ),
    )
    return moved


async def use(tx: Transaction, library: Library, volume_ul: float, *, pool: str) -> Library:
    """Take so much of a locked library for a pool; below 0: give it back. Announces it."""
    used = await store.use(tx, library, volume_ul)
    _announce_change(tx, used, changes=[Change("used_ul", library.used_ul, used.used_ul), Change("pool", None, pool)])
    return used


def _announce_change(tx: Transaction, library: Library, *, changes: Sequence[Change]) -> None:
    tx.announce(
        LibraryChanged(**model.facts(library)),
        subject=model.subject(library.id, library.code),
        tenant_id=library.lab_id,
        changes=changes,
    )
