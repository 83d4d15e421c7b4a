"""Makes the lines of a summary columns of numbers; a line that cannot be read is put aside and counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from nanopore_tracking.runfolders import columns
from nanopore_tracking.runfolders.barcodings import Barcodes
from nanopore_tracking.runfolders.chunks import Lines, Piece
from nanopore_tracking.runfolders.columns import Layout
from nanopore_tracking.runfolders.figures import Odd, Told, Unreadable

#: How programs write that they do not know; dorado writes -1 too.
UNKNOWN = ("-", "unknown", "nan", "NaN", "NA", "n/a", "")
_TEXTS = ("run", "barcode", "alias", "end")
_SHOWN = 20
_TYPES = {"text": pl.Categorical(), "whole": pl.Int32(), "number": pl.Float32()}
#: What becomes of each column that a file may have; −1 is not known.
_KEPT: dict[str, pl.DataType] = {
    "channel": pl.UInt16(),
    "mux": pl.UInt8(),
    "start_s": pl.Float32(),
    "seconds": pl.Float32(),
    "length": pl.UInt32(),
    "q": pl.Float32(),
}


@dataclass(slots=True)
class Summary:
    """A summary that is being read. line: the number of the last line that was read."""

    path: Path
    barcodes: Barcodes | None = None
    layout: Layout | None = None
    rows: int = 0
    line: int = 0
    repeated_headers: int = 0
    odd_rows: int = 0
    odd: list[Odd] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield the reads, some tens of thousands at a time; Unreadable where the file is no summary."""
        lines = Lines(self.path)
        header, begin = lines.header()
        self.layout, self.line = columns.layout(header), 1
        first = self.layout
        # Polars takes the width of the first line for that of all: one more cell than there should be.
        for piece in lines.pieces(begin, _lead(first)):
            yield from self._of_piece(piece, first)
        if lines.broken:
            self.notes.append(lines.broken)

    def told(self) -> Told:
        """Return how the reading went, when all frames were taken."""
        if self.layout is None:
            raise Unreadable("The file is empty: it has no header and no reads.")
        notes = list(self.notes)
        if "length" not in self.layout.places:
            notes.append("The run was not basecalled: the summary has no lengths and no qualities.")
        if not self.rows:
            notes.append("The summary has a header and no reads.")
        if self.odd_rows:
            many = "line does" if self.odd_rows == 1 else "lines do"
            notes.append(f"{self.odd_rows:,} {many} not fit the header and were put aside; they are not counted.")
        if self.repeated_headers:
            notes.append(f"The header comes again {self.repeated_headers:,} times; several files were joined.")
        if self.barcodes is not None:
            notes += self.barcodes.notes
        return Told(
            vintage=columns.vintage(self.layout),
            rows=self.rows,
            odd_rows=self.odd_rows,
            odd=self.odd,
            repeated_headers=self.repeated_headers,
            notes=notes,
            known=self.layout.known,
            strangers=self.barcodes.missing if self.barcodes is not None else 0,
        )

    def _of_piece(self, piece: Piece, first: Layout) -> Iterator[pl.DataFrame]:
        """The fast way while every line fits the header that the lead was made of, else line by line."""
        with_ids = self.barcodes is not None
        if self.layout == first and not piece.cut:
            frame = _parsed(piece.lines, first, with_ids=with_ids)
            if frame is None:
                frame = _parsed(piece.lines, first, with_ids=with_ids, unknowns=True)
            if frame is not None:
                self.line += frame.height
                yield self._finished(frame)
                return
        for found, good in self._sorted(piece, len(_lead(first))):
            text = _lead(found) + b"\n".join(good) + b"\n"
            frame = _parsed(text, found, with_ids=with_ids, lenient=True)
            if frame is None:
                raise Unreadable(f"The lines before line {self.line:,} cannot be read as a summary.")
            yield self._finished(frame)

    def _finished(self, frame: pl.DataFrame) -> pl.DataFrame:
        self.rows += frame.height
        if self.barcodes is not None:
            frame = self.barcodes.joined(frame)
        return frame

    def _sorted(self, piece: Piece, skip: int) -> Iterator[tuple[Layout, list[bytes]]]:
        """Yield the lines that fit, for each header in the piece; keep why others do not."""
        assert self.layout is not None
        good: list[bytes] = []
        lines = piece.lines[skip:].split(b"\n")[:-1]
        for number, raw in enumerate(lines, 1):
            self.line += 1
            line = raw.removesuffix(b"\r")
            if not line.strip():
                continue
            if columns.is_header(line):
                if good:
                    yield self.layout, good
                good, self.layout = [], columns.layout(line)
                self.repeated_headers += 1
                continue
            why = _misfit(line, self.layout)
            if piece.cut and number == len(lines) and why:
                line, why = self._cut_off(line, why)
            if why:
                self._aside(why)
            else:
                good.append(line)
        if good:
            yield self.layout, good

    def _cut_off(self, line: bytes, why: str) -> tuple[bytes, str]:
        """Return a last line that has all that counts as a whole one; what stands before its last tab is complete."""
        assert self.layout is not None
        cells = line.split(b"\t")[:-1]
        needed = max(self.layout.read_id, *(index for index, _ in self.layout.places.values()))
        said = "The last line is cut off: the file is not whole, or still being written"
        if needed >= len(cells):
            self.notes.append(f"{said}.")
            return line, why
        self.notes.append(f"{said}; the read in it is counted, as all that counts of it is there.")
        filled = b"\t".join([*cells, *[b"-"] * (self.layout.width - len(cells))])
        return filled, _misfit(filled, self.layout)

    def _aside(self, why: str) -> None:
        self.odd_rows += 1
        if len(self.odd) < _SHOWN:
            self.odd.append(Odd(line=self.line, why=why))


def _lead(layout: Layout) -> bytes:
    return b"\t" * layout.width + b"\n"


def _misfit(line: bytes, layout: Layout) -> str:
    """Return why a line does not fit its header, empty where it does."""
    cells = line.split(b"\t")
    extra = len(cells) - layout.width
    if extra and not (extra == 1 and not cells[-1]):
        return f"It has {len(cells)} cells instead of {layout.width}."
    try:
        line.decode()
    except UnicodeDecodeError:
        return "It is not plain text."
    for index, kind in layout.places.values():
        text = cells[index].decode().strip()
        if kind == "text" or text in UNKNOWN:
            continue
        try:
            value = float(text)
        except ValueError:
            return f"{layout.names[index]} is {text[:40]!r}, which is no number."
        if not abs(value) < 2**31:
            return f"{layout.names[index]} is {text[:40]!r}, which cannot be."
    return ""


def _parsed(
    text: bytes, layout: Layout, *, with_ids: bool, unknowns: bool = False, lenient: bool = False
) -> pl.DataFrame | None:
    """Return the columns of lines that follow a lead; None where a line does not fit (or may not).

    unknowns: words for what is not known may stand for numbers; lenient: the lines were looked at one by one, and
    numbers may be written in any way.
    """
    schema: dict[str, pl.DataType] = {f"column_{n + 1}": pl.String() for n in range(layout.width + 1)}
    names = {}
    for what, (index, kind) in layout.places.items():
        schema[f"column_{index + 1}"] = pl.Float64() if lenient and kind != "text" else _TYPES[kind]
        names[f"column_{index + 1}"] = what
    if with_ids:
        names[f"column_{layout.read_id + 1}"] = "read_id"
    # One word for each column is all that Polars takes here; the line-by-line way knows the others.
    unknown: list[str] | dict[str, str] | None = list(UNKNOWN) if lenient else None
    if unknowns:
        unknown = dict.fromkeys(
            (f"column_{index + 1}" for index, kind in layout.places.values() if kind != "text"), "-"
        )
    last, beyond = f"column_{layout.width}", f"column_{layout.width + 1}"
    try:
        frame = pl.read_csv(
            text,
            separator="\t",
            has_header=False,
            schema=schema,
            columns=sorted({*names, last, beyond}, key=lambda name: int(name[7:])),
            quote_char=None,
            null_values=unknown,
        ).slice(1)
    except pl.exceptions.ComputeError:
        return None
    if not lenient and (frame[last].null_count() or frame[beyond].null_count() < frame.height):
        return None
    return _kept(frame.select(pl.col(name).alias(what) for name, what in names.items()))


def _kept(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that are kept, in their types; what is not known is null, a text empty."""
    there = set(frame.columns)
    kept = []
    for what, kind in _KEPT.items():
        column = pl.col(what) if what in there else pl.lit(None, pl.Int32())
        kept.append(pl.when(column >= 0).then(column).cast(kind, strict=False).alias(what))
    for what in _TEXTS:
        column = pl.col(what).fill_null("") if what in there else pl.lit("").cast(pl.Categorical())
        kept.append(column.alias(what))
    judged = pl.lit(None, pl.Boolean())
    if "passed" in there:
        word = pl.col("passed").cast(pl.String())
        judged = (
            pl.when(word.is_in(["TRUE", "True", "true", "1"]))
            .then(pl.lit(value=True))
            .when(word.is_in(["FALSE", "False", "false", "0"]))
            .then(pl.lit(value=False))
        )
    kept.append(judged.alias("passed"))
    if "read_id" in there:
        kept.append(pl.col("read_id"))
    return frame.select(kept)
