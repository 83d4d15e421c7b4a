"""Pools in the database, with their components and barcodes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.chain import PoolState
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.pools import model
from nanopore_tracking.services.sample.pools.model import SAID, Component, Pool
from nanopore_tracking.services.sample.samples import store as sample_store

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
MISSING = "There is no such pool, or none that you may see."


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolBarcode:
    """A barcode of a pool; sequence_key: what two are compared by, across pools and kits."""

    kit: str
    number: int
    barcode: str
    sequence: str | None
    sequence_key: str
    alias: str
    sample_id: UUID
    sample_code: str
    sample_kind: str
    library_code: str


async def list_pools(db: Reads, scope: Scope, **asked: Any) -> Page:
    """Return one page of pools; asked: filters, sort, after, limit."""
    found: Page = await Q.pools.page(db, scope=scope, **asked)
    return found


async def show_pool(db: Reads, scope: Scope, said: str) -> tuple[str, int]:
    """Return a pool, named by its id or its code, as JSON text, and its version; NotFound."""
    pool_id = await find_pool(db, scope, said)
    row = await db.row(Q.show_pool, pool_id=pool_id, code=None, scope=scope)
    if row is None:
        raise errors.NotFound(MISSING)
    return row["item"], row["version"]


async def find_pool(db: Reads, scope: Scope, said: str) -> UUID:
    """Return the id of a pool that is named by its id or its code; NotFound."""
    pool_id, _ = sample_store.named(said)
    found: UUID | None = await db.value(
        Q.find_pool, pool_id=pool_id, code=None if pool_id else said.strip(), scope=scope
    )
    if found is None:
        raise errors.NotFound(MISSING)
    return found


async def lock_pool(tx: Transaction, pool_id: UUID) -> Pool:
    """Return a pool with its libraries, locked; NotFound where there is none.

    Its libraries may belong to several labs: only who sees all of them changes a pool.
    """
    row = await tx.row(Q.lock_pool, pool_id=pool_id)
    parts = await tx.rows(Q.components, pool_id=pool_id)
    libraries = await library_store.lock_libraries(tx, [part["library_id"] for part in parts]) if parts else {}
    return _whole(row, parts, libraries)


async def read_pool(db: Reads, pool_id: UUID) -> Pool:
    """Return a pool with its libraries as it is now, whoever's they are; NotFound where there is none."""
    row = await db.row(Q.read_pool, pool_id=pool_id)
    parts = await db.rows(Q.components, pool_id=pool_id)
    ids = [part["library_id"] for part in parts]
    libraries = await library_store.read_libraries(db, None, ids) if parts else {}
    return _whole(row, parts, libraries)


def _whole(row: Record | None, parts: Sequence[Record], libraries: Mapping[UUID, Any]) -> Pool:
    if row is None:
        raise errors.NotFound(MISSING)
    components = [
        Component(library=libraries[part["library_id"]], share=part["share"], volume_ul=part["volume_ul"])
        for part in parts
    ]
    return Pool(**row, components=components)


async def barcodes_of(db: Reads, pool_id: UUID) -> list[PoolBarcode]:
    """Return the barcodes of a pool with their sequence keys, and the sample that each stands for."""
    return [PoolBarcode(**row) for row in await db.rows(Q.pool_barcodes, pool_id=pool_id)]


async def loads(db: Reads, pool_id: UUID) -> int:
    """Return how many loads of a pool are recorded."""
    found: int = await db.value(Q.loads, pool_id=pool_id)
    return found


async def insert_pool(tx: Transaction, pool: Pool) -> None:
    """Store a new pool without its components."""
    said = {name: getattr(pool, name) for name in ("id", "code", *SAID)}
    await tx.execute(Q.insert_pool, created_by=tx.call.by, at=tx.call.at, **said)


async def change(tx: Transaction, pool: Pool, values: Mapping[str, Any]) -> Pool:
    """Store what is said of a pool. values: SAID."""
    await tx.execute(Q.change_pool, pool_id=pool.id, at=tx.call.at, **values)
    return replace(pool, version=pool.version + 1, **values)


async def put_components(tx: Transaction, pool_id: UUID, components: Sequence[Component]) -> None:
    """Store all components of a draft pool anew; Violation where one barcode is there twice."""
    await tx.execute(Q.remove_components, pool_id=pool_id)
    for position, (item, fraction) in enumerate(zip(components, model.fractions(components), strict=True), 1):
        await tx.execute(
            Q.insert_component,
            pool_id=pool_id,
            library_id=item.library.id,
            position=position,
            share=item.share,
            volume_ul=item.volume_ul,
            fmol=item.fmol,
            fraction_planned=fraction,
        )
    await tx.execute(Q.insert_pool_barcodes, pool_id=pool_id)


async def move(tx: Transaction, pool: Pool, *, state: PoolState, reason: str) -> Pool:
    """Store the state that a pool goes to."""
    await tx.execute(Q.move_pool, pool_id=pool.id, state=state, state_reason=reason, at=tx.call.at)
    return replace(pool, state=state, state_reason=reason, version=pool.version + 1)


async def measure(tx: Transaction, pool: Pool, values: Mapping[str, Any]) -> Pool:
    """Store what counts of what was measured; values: chain.standing."""
    used_ul = await tx.value(Q.measure_pool, pool_id=pool.id, at=tx.call.at, **values)
    return replace(pool, version=pool.version + 1, used_ul=used_ul, **values)


async def use(tx: Transaction, pool: Pool, volume_ul: float) -> Pool:
    """Store that a load took so much of a pool; Violation of pool_never_more_than_there_is where there is less."""
    await tx.execute(Q.use_pool, pool_id=pool.id, volume_ul=volume_ul, at=tx.call.at)
    return replace(pool, version=pool.version + 1, used_ul=max(0, pool.used_ul + volume_ul))
