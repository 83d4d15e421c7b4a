"""The barcode of each read from a barcoding summary of its own, for summaries that do not say it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from nanopore_tracking.runfolders import columns
from nanopore_tracking.runfolders.chunks import Lines
from nanopore_tracking.runfolders.figures import Unreadable

_NOWHERE = "The barcoding summary says nothing of {:,} reads; they count as unclassified."


@dataclass(slots=True)
class Barcodes:
    """Barcodes by read, as sorted hashes of read ids (8 bytes a read)."""

    keys: pl.Series
    barcodes: pl.Series
    odd_rows: int
    missing: int = 0
    broken: str = ""
    _notes: list[str] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """Return sentences on what did not fit."""
        said = []
        if self.missing:
            said.append(_NOWHERE.format(self.missing))
        if self.odd_rows:
            said.append(f"{self.odd_rows:,} lines of the barcoding summary do not fit its header and were put aside.")
        return [*said, f"Barcoding summary: {self.broken}"] if self.broken else said

    def joined(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return reads with their barcodes; what is not named is unclassified."""
        wanted = frame["read_id"].hash()
        if not len(self.keys):
            found = pl.Series("barcode", [""] * frame.height, dtype=pl.Categorical())
        else:
            places = self.keys.search_sorted(wanted).clip(0, len(self.keys) - 1)
            hit = self.keys.gather(places) == wanted
            found = self.barcodes.gather(places).zip_with(
                hit, pl.Series([""], dtype=pl.Categorical()).new_from_index(0, frame.height)
            )
        found = found.alias("barcode")
        lost = found.cast(pl.String()) == ""
        self.missing += int(lost.sum())
        filled = found.cast(pl.String()).set(lost, "unclassified").cast(pl.Categorical())
        return frame.drop("read_id").with_columns(filled.alias("barcode"))


def read(path: Path) -> Barcodes:
    """Return the barcodes that a barcoding summary says; Unreadable where it is none."""
    lines = Lines(path)
    header, begin = lines.header()
    names = columns.cells(header)
    if "read_id" not in names or "barcode_arrangement" not in names:
        raise Unreadable("The file is no barcoding summary: it does not name read_id and barcode_arrangement.")
    parts, odd_rows = [], 0
    for part, odd in _frames(lines, names, begin):
        parts.append(part)
        odd_rows += odd
    empty = pl.DataFrame(schema={"key": pl.UInt64(), "barcode": pl.Categorical()})
    whole = pl.concat([empty, *parts]).sort("key")
    return Barcodes(whole["key"], whole["barcode"], odd_rows, broken=lines.broken)


def _frames(lines: Lines, names: list[str], begin: int) -> Iterator[tuple[pl.DataFrame, int]]:
    """Yield hashes and barcodes, and how many lines did not fit."""
    wanted = {f"column_{names.index(name) + 1}": name for name in ("read_id", "barcode_arrangement")}
    last = f"column_{len(names)}"
    lead = b"\t" * (len(names) - 1) + b"\n"
    for piece in lines.pieces(begin, lead):
        try:
            frame = pl.read_csv(
                piece.lines,
                separator="\t",
                has_header=False,
                schema={f"column_{n + 1}": pl.String() for n in range(len(names))},
                columns=sorted({*wanted, last}, key=lambda name: int(name[7:])),
                quote_char=None,
            ).slice(1)
        except pl.exceptions.ComputeError:
            raise Unreadable("The barcoding summary is not plain text.") from None
        whole = frame.filter(pl.col(last).is_not_null()).rename(wanted)
        whole = whole.filter(pl.col("read_id") != "read_id")
        yield (
            whole.select(key=pl.col("read_id").hash(), barcode=pl.col("barcode_arrangement").cast(pl.Categorical())),
            frame.height - whole.height,
        )
