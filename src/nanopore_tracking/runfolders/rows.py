"""Makes the lines of a summary columns of numbers; a line that cannot be read is put aside and counted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from nanopore_tracking.runfolders import columns
from nanopore_tracking.runfolders.barcodings import Barcodes
from nanopore_tracking.runfolders.chunks import Lines, Piece
from nanopore_tracking.runfolders.columns import Layout
from nanopore_tracking.runfolders.figures import Odd, Told, Unreadable
from nanopore_tracking.runfolders.remarks import FAILED, PASSED, UNKNOWN, Remarks, possible

_TEXTS = ("run", "barcode", "alias", "end")
_SHOWN = 20
_COMMA = re.compile(r"-?\d+,\d+")
#: The id of a duplex read: those of its two strands, with a semicolon between them.
_DUPLEX = re.compile(rb"[0-9a-f]{12};[0-9a-f]{8}-")
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
    remarks: Remarks = field(default_factory=Remarks)
    _names: bytes = b""
    _fresh: bool = True

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield the reads, some tens of thousands at a time; Unreadable where the file is no summary."""
        lines = Lines(self.path)
        header, begin, self.line = lines.header()
        if not header and lines.broken:
            raise Unreadable(f"Nothing of the file can be read. {lines.broken}")
        self.layout, self._names = columns.layout(header), header.rstrip(b"\r\n")
        first = self.layout
        # Polars takes the width of the first line for that of all: one more cell than there should be.
        for piece in lines.pieces(begin, _lead(first)):
            yield from self._of_piece(piece, first)
        if lines.broken:
            self.notes.append(lines.broken)
        if self.odd_rows and not self.rows:
            raise Unreadable(self._put_aside())

    def told(self) -> Told:
        """Return how the reading went, when all frames were taken."""
        if self.layout is None:
            raise Unreadable("The file is empty: it has no header and no reads.")
        notes = list(self.notes)
        if "length" not in self.layout.places:
            notes.append("The run was not basecalled: the summary has no lengths and no qualities.")
        if not self.rows and not self.odd_rows:
            notes.append("The summary has a header and no reads.")
        if self.odd_rows:
            notes.append(self._put_aside())
        if self.repeated_headers:
            times = "once" if self.repeated_headers == 1 else f"{self.repeated_headers:,} times"
            notes.append(f"The header comes again {times}; several files were joined.")
        notes += self.remarks.notes(self.layout)
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

    def _put_aside(self) -> str:
        """Say how many lines do not count, and why the first of them does not."""
        if not self.rows:
            return f"No line behind the header can be read. Line {self.odd[0].line:,}: {self.odd[0].why}"
        if self.odd_rows == 1:
            return "1 line does not fit the header and was put aside; it is not counted."
        return (
            f"{self.odd_rows:,} lines do not fit the header and were put aside; they are not counted. "
            f"Line {self.odd[0].line:,}: {self.odd[0].why}"
        )

    def _of_piece(self, piece: Piece, first: Layout) -> Iterator[pl.DataFrame]:
        """The fast way while every line fits the header that the lead was made of, else line by line."""
        with_ids = self.barcodes is not None
        if b";" in piece.lines:
            self.remarks.duplex += len(_DUPLEX.findall(piece.lines))
        if self.layout == first and not piece.cut and b"\0" not in piece.lines:
            frame = _parsed(piece.lines, first, with_ids=with_ids)
            if frame is None:
                frame = _parsed(piece.lines, first, with_ids=with_ids, unknowns=True)
            if frame is not None:
                self._begun(piece.lines[len(_lead(first)) :].split(b"\n", 1)[0] if self._fresh else b"")
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
        self.remarks.look(frame)
        frame = self.remarks.named(_kept(frame))
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
            glued = columns.is_glued(line)
            if glued:
                line = self._parted(line)
            elif columns.is_header(line):
                if good:
                    yield self.layout, good
                good, self.layout, self._names = [], columns.layout(line), line
                self.repeated_headers += 1
                self._fresh = True
                continue
            why = _misfit(line, self.layout)
            if piece.cut and number == len(lines) and why:
                line, why = self._cut_off(line, why)
            if why:
                self._aside(why)
                continue
            good.append(_bare(line))
            self._begun(line)
            self._fresh = glued
        if good:
            yield self.layout, good

    def _begun(self, line: bytes) -> None:
        """Keep the first read behind each header, by which a file that was joined to itself is seen."""
        if self._fresh and self.layout is not None and line:
            self.remarks.begin(line.split(b"\t")[self.layout.read_id].strip())
            self._fresh = False

    def _parted(self, line: bytes) -> bytes:
        """Return the read of a line that has the header of a second file behind it; Unreadable where it is another."""
        if not line.endswith(self._names):
            raise Unreadable(
                f"In line {self.line:,} a read and the header of another program's file stand together: two files were "
                "joined without a line end between them. Join them again with one."
            )
        self.repeated_headers += 1
        return line.removesuffix(self._names)

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


def _bare(line: bytes) -> bytes:
    """Return a line without blanks around its cells, which a number may not have."""
    return b"\t".join(cell.strip() for cell in line.split(b"\t")) if b" " in line else line


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
    if b"\0" in line:
        return "It is not plain text."
    for index, kind in layout.places.values():
        text = cells[index].decode().strip()
        if kind == "text" or text in UNKNOWN:
            continue
        try:
            value = float(text)
        except ValueError:
            comma = ": it has a comma in it" if _COMMA.fullmatch(text) else ""
            return f"{layout.names[index]} is {text[:40]!r}, which is no number{comma}."
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
    return frame.select(pl.col(name).alias(what) for name, what in names.items())


def _kept(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that are kept, in their types; what is not known is null, a text empty."""
    there = set(frame.columns)
    kept = []
    for what, kind in _KEPT.items():
        column = pl.col(what) if what in there else pl.lit(None, pl.Int32())
        kept.append(pl.when(possible(what, column)).then(column).cast(kind, strict=False).alias(what))
    for what in _TEXTS:
        column = pl.col(what).fill_null("") if what in there else pl.lit("").cast(pl.Categorical())
        kept.append(column.alias(what))
    judged = pl.lit(None, pl.Boolean())
    if "passed" in there:
        word = pl.col("passed").cast(pl.String())
        judged = (
            pl.when(word.is_in(list(PASSED)))
            .then(pl.lit(value=True))
            .when(word.is_in(list(FAILED)))
            .then(pl.lit(value=False))
        )
    kept.append(judged.alias("passed"))
    if "read_id" in there:
        kept.append(pl.col("read_id"))
    return frame.select(kept)
