"""Catalogues in the database, and the entries that a new database starts with."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.config.catalogues import model
from nanopore_tracking.services.config.catalogues.model import Latest

Q = sql.load(Path(__file__).with_name("queries.sql"))

_SEED = Path(__file__).parents[1] / "seed"


def seed(name: str) -> tuple[date, list[dict[str, Any]]]:
    """Return from when a catalogue as it is shipped counts, and its entries."""
    found = tomllib.loads((_SEED / f"{name}.toml").read_text("utf-8"))
    return found["effective_from"], [
        _with_barcodes(entry, found["series"]) if name == "barcodes" else entry for entry in found["entries"]
    ]


def _with_barcodes(entry: dict[str, Any], series: list[str]) -> dict[str, Any]:
    """Return a set with its barcodes by name, where the file has only its first and last number and its series."""
    numbers = range(entry.pop("first"), entry.pop("last") + 1)
    known = entry.pop("sequences", None) is not None
    own, other_strand_to = entry.pop("own", {}), entry.pop("other_strand_to", 0)
    barcodes = []
    for number in numbers:
        barcode: dict[str, Any] = {"index": number, "name": f"barcode{number:02d}"}
        if known:
            sequence = own.get(str(number), series[number - 1])
            barcode["sequence"] = model.other_strand(sequence) if number <= other_strand_to else sequence
        barcodes.append(barcode)
    return entry | {"barcodes": barcodes}


async def current_catalogues(db: Reads, day: date, *, after: str | None, limit: int) -> Page:
    """Return one page of the versions that count on a day, without their entries. after: a name."""
    rows = await db.rows(Q.current_catalogues, day=day, after=after or "", limit=limit + 1)
    last = rows[limit - 1]["name"] if len(rows) > limit else None
    return Page(items=[row["item"] for row in rows[:limit]], next=last)


async def show_catalogue(db: Reads, name: str, *, version: int | None, day: date) -> tuple[str, int] | None:
    """Return one version as JSON text and its number: the asked one, or for None the one that counts on a day."""
    row = await db.row(Q.show_catalogue, name=name, version=version, day=day)
    return (row["item"], row["version"]) if row else None


async def latest_version(db: Reads, name: str) -> Latest | None:
    """Return the newest version of a catalogue; None when there is none yet."""
    row = await db.row(Q.latest_version, name=name)
    if row is None:
        return None
    return Latest(**{**row, "entries": msgspec.json.decode(row["entries"])})


async def insert_version(
    tx: Transaction, name: str, *, version: int, effective_from: date, note: str, entries: list[dict[str, Any]]
) -> None:
    """Store the next version of a catalogue; Violation when that version is there already."""
    await tx.execute(
        Q.insert_version,
        name=name,
        version=version,
        effective_from=effective_from,
        note=note,
        at=tx.call.at,
        by=tx.call.actor.name,
        entry_count=len(entries),
        entries=msgspec.json.encode(entries).decode(),
    )
