"""Libraries in the database, with what went into them and their barcodes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.chain import LibraryState
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.barcodes.model import Barcode
from nanopore_tracking.services.sample.libraries.model import PREPARATION, Library, Present, Source
from nanopore_tracking.services.sample.samples import store as sample_store

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
MISSING = "There is no such library, or none that you may see."


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSource:
    """What goes into a new library."""

    sample_id: UUID
    aliquot_id: UUID | None
    volume_ul: float | None


async def list_libraries(db: Reads, scope: Scope, **asked: Any) -> Page:
    """Return one page of libraries; asked: filters, sort, after, limit."""
    found: Page = await Q.libraries.page(db, scope=scope, **asked)
    return found


async def show_library(db: Reads, scope: Scope, said: str) -> tuple[str, int]:
    """Return a library, named by its id or its code, as JSON text, and its version; NotFound."""
    library_id, code = sample_store.named(said)
    row = await db.row(Q.show_library, library_id=library_id, code=code, scope=scope)
    if row is None:
        raise errors.NotFound(MISSING)
    return row["item"], row["version"]


async def find_library(db: Reads, scope: Scope, said: str) -> UUID:
    """Return the id of a library that is named by its id or its code; NotFound."""
    library_id, code = sample_store.named(said)
    found: UUID | None = await db.value(Q.find_library, library_id=library_id, code=code, scope=scope)
    if found is None:
        raise errors.NotFound(f"There is no library {said[:40]}, or none that you may see.")
    return found


async def lock_libraries(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Library]:
    """Return libraries in the caller's scope by their id, locked; NotFound where one is missing."""
    rows = await tx.rows(Q.lock_libraries, ids=list(ids), scope=tx.call.scope)
    return await _whole(tx, rows, ids)


async def read_libraries(db: Reads, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Library]:
    """Return libraries in a scope by their id, as they are now; NotFound where one is missing."""
    return await _whole(db, await db.rows(Q.read_libraries, ids=list(ids), scope=scope), ids)


async def lock_library(tx: Transaction, library_id: UUID) -> Library:
    """Return a library in the caller's scope, locked; NotFound where there is none."""
    return (await lock_libraries(tx, [library_id]))[library_id]


async def _whole(db: Reads, rows: Sequence[Record], ids: Sequence[UUID]) -> dict[UUID, Library]:
    if len(rows) < len(set(ids)):
        raise errors.NotFound(MISSING)
    wanted = list(ids)
    sources, barcodes = defaultdict(list), defaultdict(list)
    pools: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for row in await db.rows(Q.sources, ids=wanted):
        values = dict(row)
        sources[values.pop("library_id")].append(Source(**values))
    for row in await db.rows(Q.barcodes, ids=wanted):
        values = dict(row)
        barcodes[values.pop("library_id")].append(Barcode(**values))
    for row in await db.rows(Q.pools_of, ids=wanted):
        pools[row["library_id"]].append((row["code"], row["state"]))
    return {
        row["id"]: Library(
            **row,
            sources=sources[row["id"]],
            barcodes=barcodes[row["id"]],
            draft_pools=[code for code, state in pools[row["id"]] if state == "draft"],
            fixed_pools=[code for code, state in pools[row["id"]] if state != "draft"],
        )
        for row in rows
    }


async def insert_library(
    tx: Transaction, library: Library, *, sources: Sequence[NewSource], barcodes: Sequence[Barcode]
) -> None:
    """Store a new library with what went in and its barcodes."""
    said = {name: getattr(library, name) for name in ("id", "code", "lab_id", *PREPARATION)}
    await tx.execute(Q.insert_library, created_by=tx.call.by, at=tx.call.at, **said)
    for position, source in enumerate(sources, 1):
        await tx.execute(
            Q.insert_source,
            library_id=library.id,
            position=position,
            sample_id=source.sample_id,
            aliquot_id=source.aliquot_id,
            volume_ul=source.volume_ul,
            at=tx.call.at,
        )
    await insert_barcodes(tx, library.id, barcodes)


async def insert_barcodes(tx: Transaction, library_id: UUID, barcodes: Sequence[Barcode]) -> None:
    """Store the barcodes of a library."""
    names = ("id", "sample_id", "kit", "number", "barcode", "sequence", "alias")
    for barcode in barcodes:
        await tx.execute(Q.insert_barcode, library_id=library_id, **{name: getattr(barcode, name) for name in names})


async def replace_barcodes(tx: Transaction, library_id: UUID, barcodes: Sequence[Barcode]) -> None:
    """Store other barcodes of a library; Violation while it is in a pool."""
    await tx.execute(Q.remove_barcodes, library_id=library_id)
    await insert_barcodes(tx, library_id, barcodes)


async def change(tx: Transaction, library: Library, values: Mapping[str, Any]) -> Library:
    """Store what is said of the preparation of a library. values: PREPARATION."""
    await tx.execute(Q.change_library, library_id=library.id, at=tx.call.at, **values)
    return replace(library, version=library.version + 1, **values)


async def move(tx: Transaction, library: Library, *, state: LibraryState, reason: str) -> Library:
    """Store the state that a library goes to, with its operator and end as they are now."""
    done = {"operator": library.operator, "finished_at": library.finished_at}
    await tx.execute(Q.move_library, library_id=library.id, state=state, state_reason=reason, at=tx.call.at, **done)
    return replace(library, state=state, state_reason=reason, version=library.version + 1)


async def measure(
    tx: Transaction, library: Library, values: Mapping[str, Any], *, volume_at: datetime | None
) -> Library:
    """Store what counts of what was measured; values: chain.standing; volume_at: when the volume was recorded."""
    used_ul = await tx.value(Q.measure_library, library_id=library.id, volume_at=volume_at, at=tx.call.at, **values)
    return replace(library, version=library.version + 1, used_ul=used_ul, **values)


async def use(tx: Transaction, library: Library, volume_ul: float) -> Library:
    """Store that a pool took so much of a library; below 0: that it gave it back."""
    await tx.execute(Q.use_library, library_id=library.id, volume_ul=volume_ul, at=tx.call.at)
    used_ul = max(0, library.used_ul + volume_ul)
    return replace(library, version=library.version + 1, used_ul=used_ul)


async def present(db: Reads, sample_id: UUID) -> Present | None:
    """Return the library of a sample that counts now."""
    return (await present_of(db, [sample_id])).get(sample_id)


async def present_of(db: Reads, sample_ids: Sequence[UUID]) -> dict[UUID, Present]:
    """Return the library of each of these samples that counts now, of those that have one."""
    found: dict[UUID, Present] = {}
    for row in await db.rows(Q.present_libraries, sample_ids=list(sample_ids)):
        values = dict(row)
        sample_id = values.pop("sample_id")
        found[sample_id] = Present(**values)
    return found


async def supersede(tx: Transaction, sample_ids: Sequence[UUID]) -> None:
    """Store that the libraries of samples do not count for them any more; they are kept."""
    await tx.execute(Q.supersede, sample_ids=list(sample_ids), at=tx.call.at)
