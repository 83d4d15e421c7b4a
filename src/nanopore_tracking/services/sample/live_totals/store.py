"""The totals of live barcodes in the database."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from nanopore_tracking.contracts.api.sample.live import TickOfBarcode
from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads, Record, Transaction
from nanopore_tracking.services.sample.cargo.model import Tag
from nanopore_tracking.services.sample.live_totals import model
from nanopore_tracking.services.sample.live_totals.model import Live

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def keep(
    tx: Transaction, live_id: UUID, found: Mapping[tuple[str, str], TickOfBarcode], *, tags: Sequence[Tag]
) -> None:
    """Store what the barcodes of an acquisition have now."""
    whose = list(model.assigned(list(found), tags))
    parts = list(found.values())
    await tx.execute(
        Q.keep_barcodes,
        live_id=live_id,
        barcodes=[barcode for barcode, _, _, _ in whose],
        aliases=[alias for _, alias, _, _ in whose],
        kinds=[kind for _, _, kind, _ in whose],
        samples=[sample_id for _, _, _, sample_id in whose],
        reads=[each.reads for each in parts],
        bases=[each.bases for each in parts],
        pass_reads=[each.pass_reads for each in parts],
        pass_bases=[each.pass_bases for each in parts],
    )


async def assign(tx: Transaction, acquisition_id: UUID, tags: Sequence[Tag]) -> None:
    """Say anew whose the barcodes of a protocol run are. tags: of what is loaded, none where it is no run."""
    by_live: dict[UUID, list[Record]] = {}
    for row in await tx.rows(Q.barcodes_of_acquisition, acquisition_id=acquisition_id):
        by_live.setdefault(row["live_id"], []).append(row)
    for rows in by_live.values():
        whose = model.assigned([(row["barcode"], row["alias"]) for row in rows], tags)
        for row, (_, _, kind, sample_id) in zip(rows, whose, strict=True):
            await tx.execute(Q.set_whose, id=row["id"], kind=kind, sample_id=sample_id)


async def of_samples(db: Reads, sample_ids: Sequence[UUID]) -> list[Live]:
    """Return what live runs give samples that no folder has told yet."""
    rows = await db.rows(Q.of_samples, sample_ids=list(sample_ids)) if sample_ids else []
    return [Live(**row) for row in rows]
