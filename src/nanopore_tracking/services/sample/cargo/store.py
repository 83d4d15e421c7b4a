"""What can be loaded, read from pools and libraries; and what was on a flow cell before."""

from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.services.sample.cargo.model import Cargo, Tag, Used
from nanopore_tracking.services.sample.chain.model import molarity_nm
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.pools import store as pool_store

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def of_pool(db: Reads, pool_id: UUID) -> Cargo:
    """Return a pool as what is loaded; NotFound."""
    pool = await pool_store.read_pool(db, pool_id)
    tags = [
        Tag(
            kit=each.kit,
            barcode=each.barcode,
            key=each.sequence_key,
            alias=each.alias,
            sample_id=each.sample_id,
            sample_code=each.sample_code,
            kind=each.sample_kind,  # type: ignore[arg-type]
        )
        for each in await pool_store.barcodes_of(db, pool_id)
    ]
    return Cargo(
        noun="pool",
        id=pool.id,
        code=pool.code,
        state=pool.state,
        left_ul=None if pool.volume_ul is None else pool.volume_ul - pool.used_ul,
        molarity_nm=molarity_nm(pool.conc_ng_per_ul, pool.mean_fragment_bp),
        kits=[row["kit"] for row in await db.rows(Q.pool_kits, pool_id=pool_id)],
        tags=tags,
    )


async def of_library(db: Reads, library_id: UUID) -> Cargo:
    """Return a library as what is loaded alone; NotFound."""
    library = (await library_store.read_libraries(db, None, [library_id]))[library_id]
    return Cargo(
        noun="library",
        id=library.id,
        code=library.code,
        state=library.state,
        left_ul=library.left_ul,
        molarity_nm=molarity_nm(library.conc_ng_per_ul, library.mean_fragment_bp),
        kits=[library.kit],
        tags=[Tag(**row) for row in await db.rows(Q.library_tags, library_id=library_id)],
    )


async def of_either(db: Reads, *, pool_id: UUID | None, library_id: UUID | None) -> Cargo:
    """Return the pool or the library that a run or a load names."""
    if pool_id is not None:
        return await of_pool(db, pool_id)
    if library_id is None:
        raise RuntimeError("neither a pool nor a library is named")
    return await of_library(db, library_id)


async def used_on_cell(db: Reads, cell_id: UUID) -> list[Used]:
    """Return every barcode that was ever on a flow cell."""
    return [Used(**row) for row in await db.rows(Q.used_on_cell, cell_id=cell_id)]
