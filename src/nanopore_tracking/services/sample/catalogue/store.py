"""Own copies of the catalogues in the database."""

import functools
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.catalogue.model import BarcodeSet, Catalogue

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def current(db: Reads, day: date) -> Catalogue:
    """Return the catalogues in effect on a day (UTC); empty ones where nothing was published yet."""
    rows = await db.rows(Q.current_catalogues, day=day)
    return Catalogue.of(
        versions={row["name"]: row["version"] for row in rows},
        entries={row["name"]: msgspec.json.decode(row["entries"]) for row in rows if row["name"] != "barcodes"},
    )


async def barcode_sets(db: Reads, day: date) -> list[BarcodeSet]:
    """Return the barcode sets in effect on a day (UTC); none where nothing was published yet."""
    return _sets(await db.value(Q.current_barcodes, day=day) or "[]")


@functools.lru_cache(4)
def _sets(entries: str) -> list[BarcodeSet]:
    return msgspec.json.decode(entries, type=list[BarcodeSet])


async def keep(tx: Transaction, name: str, *, version: int, effective_from: date, entries: Any) -> None:
    """Keep one version of a catalogue."""
    said = msgspec.json.encode(entries).decode()
    await tx.execute(Q.keep_catalogue, name=name, version=version, effective_from=effective_from, entries=said)


async def keep_setting(tx: Transaction, name: str, *, value: str, version: int) -> None:
    """Keep the value of a facility setting."""
    await tx.execute(Q.keep_setting, name=name, value=value, version=version)
