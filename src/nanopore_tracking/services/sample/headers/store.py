"""Where the reads of samples come from, in the database."""

from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.services.sample.headers.model import Origin

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def origins(db: Reads, delivery_id: UUID) -> list[Origin]:
    """Return where the reads of each sample of a delivery come from."""
    found = []
    for row in await db.rows(Q.origins, delivery_id=delivery_id):
        aliases = [alias for alias in row["aliases"] if alias]
        found.append(Origin(**{**row, "aliases": aliases}))
    return found
