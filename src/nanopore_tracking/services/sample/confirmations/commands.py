"""Carries out what an override was asked for, judged again, once a second person has confirmed it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.overrides import OverrideConfirmation, OverrideKind
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.flow_cells import store as cells
from nanopore_tracking.services.sample.kit_lots import commands as kit_lots
from nanopore_tracking.services.sample.kit_lots import store as lots
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.libraries import commands as libraries
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.loads import commands as loads
from nanopore_tracking.services.sample.overrides import commands as overrides
from nanopore_tracking.services.sample.overrides import model, store
from nanopore_tracking.services.sample.overrides.model import Override
from nanopore_tracking.services.sample.pools import commands as pools
from nanopore_tracking.services.sample.pools import store as pool_store
from nanopore_tracking.services.sample.run_starts import commands as run_starts
from nanopore_tracking.services.sample.runs import store as runs
from nanopore_tracking.services.sample.samples import store as samples
from nanopore_tracking.services.sample.stages import commands as stages

#: How each kind of thing is locked, and how what was asked of it is done.
_OF: Mapping[OverrideKind, tuple[Callable[..., Awaitable[Any]], Callable[[Transaction, Override], Awaitable[None]]]] = {
    "sample": (samples.lock_sample, stages.confirm),
    "library": (library_store.lock_library, libraries.confirm),
    "pool": (pool_store.lock_pool, pools.confirm),
    "run": (runs.lock_run, run_starts.confirm),
    "flow_cell": (cells.lock_cell, loads.confirm),
    "kit_lot": (lots.lock_lot, kit_lots.confirm),
}


async def confirm(tx: Transaction, override_id: UUID, asked: OverrideConfirmation, *, seen: int) -> Written:
    """Do what somebody else asked for; NotFound, Stale, Forbidden for the same person, Conflict."""
    known = await store.read_override(tx, tx.call.scope, override_id)
    lock, do = _OF[known.kind]
    await lock(tx, known.thing_id)  # First, as whoever changes the thing does.
    found = await store.lock_override(tx, override_id)
    labs.match(found.version, seen, "override")
    model.second(found, tx.call.actor)
    model.open_now(found, tx.call.at)
    await overrides.settled(tx, found, "confirmed", note=asked.note.strip())
    await do(tx, found)
    item = await store.show_override(tx, tx.call.scope, override_id)
    return Written(item=item, version=found.version + 1)
