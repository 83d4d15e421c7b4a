"""The barcode of each read from a barcoding summary of its own, for summaries that do not say it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from nanopore_tracking.counting import counted
from nanopore_tracking.runfolders import columns
from nanopore_tracking.runfolders.chunks import Lines
from nanopore_tracking.runfolders.figures import Unreadable

#: Two files that have more of their reads in common than this are of the same reads.
_SAME = 0.5
_NOWHERE = "The barcoding summary says nothing of {}."


@dataclass(slots=True)
class Barcodes:
    """Barcodes by read, as sorted hashes of read ids (8 bytes a read)."""

    keys: pl.Series
    barcodes: pl.Series
    odd_rows: int
    missing: int = 0
    broken: str = ""
    said: list[str] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """Return sentences on what did not fit."""
        said = [*self.said]
        if self.missing:
            left = counted(self.missing, "read; it counts as unclassified", "reads; they count as unclassified")
            said.append(_NOWHERE.format(left))
        if self.odd_rows:
            of = "of the barcoding summary"
            aside = counted(self.odd_rows, f"line {of} does not fit", f"lines {of} do not fit")
            said.append(f"{aside} its header and {'was' if self.odd_rows == 1 else 'were'} put aside.")
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


def read(*paths: Path) -> Barcodes:
    """Return the barcodes that barcoding summaries say; Unreadable where none of them is one.

    Guppy writes one for what passed and one for what failed, where each was demultiplexed on its own. Where several
    name the same reads, the first of them counts.
    """
    found, said = [], []
    for path in paths:
        try:
            found.append((path, _read(path)))
        except Unreadable as reason:
            said.append(f"{path.name}: {reason}")
    if not found:
        raise Unreadable(said[0])
    (named, first), *others = found
    for path, other in others:
        if int(other.keys.is_in(first.keys.implode()).sum()) > _SAME * len(other.keys):
            said.append(f"{path.name} names the same reads as {named.name}, which counts.")
        else:
            first = _both(first, other)
    first.said += said
    return first


def _both(one: Barcodes, other: Barcodes) -> Barcodes:
    columns_of = {"key": pl.concat([one.keys, other.keys]), "barcode": pl.concat([one.barcodes, other.barcodes])}
    whole = pl.DataFrame(columns_of).sort("key", maintain_order=True)
    odd_rows, broken = one.odd_rows + other.odd_rows, one.broken or other.broken
    return Barcodes(whole["key"], whole["barcode"], odd_rows, broken=broken)


def _read(path: Path) -> Barcodes:
    lines = Lines(path)
    header, begin, _ = lines.header()
    names = columns.cells(header)
    barcode = next((name for name in columns.BARCODES if name in names), None)
    if "read_id" not in names or barcode is None:
        raise Unreadable("The file is no barcoding summary: it does not name read_id and barcode_arrangement.")
    parts, odd_rows = [], 0
    for part, odd in _frames(lines, begin, names=names, barcode=barcode):
        parts.append(part)
        odd_rows += odd
    empty = pl.DataFrame(schema={"key": pl.UInt64(), "barcode": pl.Categorical()})
    whole = pl.concat([empty, *parts], rechunk=True)
    parts.clear()
    # One column after the other, so that only one of them is there twice.
    order = whole["key"].arg_sort()
    keys, barcodes = whole["key"], whole["barcode"]
    del whole
    keys = keys.gather(order)
    return Barcodes(keys, barcodes.gather(order), odd_rows, broken=lines.broken)


def _frames(lines: Lines, begin: int, *, names: list[str], barcode: str) -> Iterator[tuple[pl.DataFrame, int]]:
    """Yield hashes and barcodes, and how many lines did not fit: those without a cell for both."""
    wanted = {f"column_{names.index(name) + 1}": what for name, what in (("read_id", "key"), (barcode, "barcode"))}
    for piece in lines.pieces(begin, b"\t" * (len(names) - 1) + b"\n"):
        text = piece.lines
        if piece.cut:
            # A cell that is cut off may be the begin of another barcode; it counts where a tab stands behind it.
            text = text[: text.rfind(b"\t") + 1] + b"\n"
        try:
            frame = pl.read_csv(
                text,
                separator="\t",
                has_header=False,
                schema={f"column_{n + 1}": pl.String() for n in range(len(names))},
                columns=sorted(wanted, key=lambda name: int(name[7:])),
                quote_char=None,
                truncate_ragged_lines=True,
            ).slice(1)
        except pl.exceptions.ComputeError:
            raise Unreadable("The barcoding summary is not plain text.") from None
        frame = frame.rename(wanted).filter(pl.col("key").is_null() | (pl.col("key") != "read_id"))
        whole = frame.filter(pl.all_horizontal(pl.all().is_not_null()))
        yield (
            whole.select(key=pl.col("key").hash(), barcode=pl.col("barcode").cast(pl.Categorical())),
            frame.height - whole.height,
        )
