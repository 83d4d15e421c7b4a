"""Boxes with what stands in them, read in one statement."""

from pathlib import Path

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.services.sample.locations import store as locations

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def show_map(db: Reads, said: str) -> tuple[str, int]:
    """Return a box, named by its id or barcode, with its tubes as JSON text, and its version; NotFound, Invalid."""
    location_id, barcode = locations.named(said)
    row = await db.row(Q.box_map, location_id=location_id, barcode=barcode)
    if row is None:
        raise errors.NotFound(locations.MISSING)
    if row["kind"] != "box":
        raise errors.Invalid(f"This place is a {row['kind']}; only a box has a map.", type="not-a-box")
    return row["item"], row["version"]
