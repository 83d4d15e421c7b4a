"""What can be done with pools: begin one, change a draft, move it to another state."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.chain import Step
from nanopore_tracking.contracts.api.sample.pools import NewComponent, NewPool, PoolPatch
from nanopore_tracking.contracts.events.sample.chain import PoolChanged, PoolCreated, PoolMoved
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.barcodes.model import Shelf
from nanopore_tracking.services.sample.chain import commands as chain_commands
from nanopore_tracking.services.sample.chain import model as chain
from nanopore_tracking.services.sample.chain import store as chain_store
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.libraries import commands as libraries
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.overrides import store as override_store
from nanopore_tracking.services.sample.overrides.model import Override, SecondPerson
from nanopore_tracking.services.sample.pools import model, store
from nanopore_tracking.services.sample.pools.model import Component, Pool


async def create_pool(tx: Transaction, asked: NewPool) -> Written:
    """Begin a pool; NotFound or Conflict by its libraries."""
    said = labs.asked(asked)
    components, arrangement = said.pop("components"), said.pop("arrangement")
    (code,) = await chain_store.take_codes(tx, "pool")
    pool = Pool(
        id=uuid7(), code=code, state="draft", state_reason="", buffer_ul=0, used_ul=0, version=1,
        **said, **_arranged(arrangement),
        **chain.unmeasured(),
    )  # fmt: skip
    await store.insert_pool(tx, pool)
    await put(tx, pool, components, on=await libraries.shelf(tx))
    whole = await store.lock_pool(tx, pool.id)
    tx.announce(PoolCreated(**model.facts(whole)), subject=model.subject(pool.id, code), changes=_parts((), whole))
    return await _written(tx, pool.id, location=f"/api/pools/{code}")


def _arranged(asked: Any) -> dict[str, Any]:
    if asked is None:
        return {"arrangement_name": None, "arrangement_reason": None}
    said = {"arrangement_name": asked.name.strip(), "arrangement_reason": asked.reason.strip()}
    labs.require(said, *said)
    return said


async def put(tx: Transaction, pool: Pool, asked: Sequence[NewComponent], *, on: Shelf) -> list[Component]:
    """Put libraries into a draft pool in place of what is in it; Conflict where they cannot be told apart."""
    ids = [await library_store.find_library(tx, tx.call.scope, item.library) for item in asked]
    if len(set(ids)) < len(ids):
        message = "A library is there twice."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("components", message)])
    found = await library_store.lock_libraries(tx, ids) if ids else {}
    components = [
        Component(library=found[library_id], share=item.share, volume_ul=item.volume_ul)
        for library_id, item in zip(ids, asked, strict=True)
    ]
    model.together(components, arrangement=pool.arrangement_name, shelf=on)
    try:
        await store.put_components(tx, pool.id, components)
    except postgres.Violation as violation:
        if violation.constraint != "barcode_once_in_pool":
            raise
        message = "A barcode is in the pool twice. Nothing was changed."
        raise errors.Conflict(message, type="barcode-collision") from None
    return components


async def change_pool(tx: Transaction, pool_id: UUID, asked: PoolPatch, *, seen: int) -> Written:
    """Change a draft pool; NotFound, Stale, or Conflict where it is fixed or its libraries cannot be told apart."""
    pool = await store.lock_pool(tx, pool_id)
    labs.match(pool.version, seen, "pool")
    model.changeable(pool)
    said = labs.asked(asked)
    components = said.pop("components", None)
    if "arrangement" in said:
        said |= _arranged(said.pop("arrangement"))
    before = {name: getattr(pool, name) for name in model.SAID}
    changed = await store.change(tx, pool, before | said)
    on = await libraries.shelf(tx)
    if components is not None:
        await put(tx, changed, components, on=on)
    else:
        model.together(pool.components, arrangement=changed.arrangement_name, shelf=on)
    whole = await store.lock_pool(tx, pool_id)
    changes = [*labs.changes(before, before | said), *_parts(pool.components, whole)]
    tx.announce(PoolChanged(**model.facts(whole)), subject=model.subject(pool.id, pool.code), changes=changes)
    return await _written(tx, pool_id)


def _parts(before: Sequence[Component], after: Pool) -> list[Change]:
    was, now = ([item.library.code for item in parts] for parts in (before, after.components))
    return [Change("libraries", ", ".join(was) or None, ", ".join(now) or None)] if was != now else []


async def move_pool(tx: Transaction, pool_id: UUID, asked: Step, *, seen: int, may_override: bool) -> Written:
    """Move a pool to another state; NotFound, Stale, Conflict `not-allowed` or `gate-not-met`, Invalid."""
    pool = await store.lock_pool(tx, pool_id)
    labs.match(pool.version, seen, "pool")
    wanted = await chain_commands.asked_of(tx, asked, may_override=may_override)
    waits = {}
    try:
        await move(tx, pool, wanted, on=await libraries.shelf(tx))
    except SecondPerson as problem:
        waits = await chain_commands.wait(tx, pool.stands, wanted, problem=problem)
    return replace(await _written(tx, pool_id), **waits)


async def confirm(tx: Transaction, found: Override) -> None:
    """Move a pool as a second person confirmed it; Conflict where it was changed since, or more is missing."""
    pool = await store.lock_pool(tx, found.thing_id)
    await move(tx, pool, chain_commands.confirmed(found), on=await libraries.shelf(tx))


async def move(tx: Transaction, pool: Pool, asked: chain.Asked, *, on: Shelf) -> Pool:
    """Move a locked pool through the one table of its states, with its libraries, and announce it."""
    facts = model.Facts(pool=pool, shelf=on, loads=await store.loads(tx, pool.id))
    missing = chain.decide(pool.stands, asked, table=model.WAYS, facts=facts)
    moved = await store.move(tx, pool, state=asked.to, reason=asked.reason)  # type: ignore[arg-type]
    await chain_store.insert_change(tx, pool.stands, asked, missing=missing)
    await override_store.overtake(tx, [pool.id])
    if (pool.state, moved.state) == ("draft", "fixed"):
        await _fill(tx, pool, on=on)
    elif moved.state == "draft":
        await _empty(tx, pool, asked.reason, on=on)
    tx.announce(
        PoolMoved(
            **model.facts(moved),
            before_state=pool.state,
            reason=asked.reason,
            missing=missing,
            asked_by=chain.asker(asked, missing),
        ),
        subject=model.subject(pool.id, pool.code),
        changes=[Change("state", pool.state, moved.state)],
    )
    return moved


async def _fill(tx: Transaction, pool: Pool, *, on: Shelf) -> None:
    """Take what goes in from each library, and let each be pooled."""
    for item in pool.components:
        used = await libraries.use(tx, item.library, item.volume_ul or 0, pool=pool.code)
        if used.state == "qc_passed":
            fresh = await library_store.lock_library(tx, used.id)
            await libraries.move(tx, fresh, chain.Asked(to="pooled"), on=on)


async def _empty(tx: Transaction, pool: Pool, reason: str, *, on: Shelf) -> None:
    """Give back what went in from each library; those that are in no other pool can be pooled anew."""
    for item in pool.components:
        await libraries.use(tx, item.library, -(item.volume_ul or 0), pool=pool.code)
        fresh = await library_store.lock_library(tx, item.library.id)
        if fresh.state == "pooled" and not fresh.fixed_pools:
            await libraries.move(tx, fresh, chain.Asked(to="qc_passed", reason=reason), on=on)


async def _written(tx: Transaction, pool_id: UUID, *, location: str | None = None) -> Written:
    item, version = await store.show_pool(tx, tx.call.scope, str(pool_id))
    return Written(item=item, version=version, location=location)
