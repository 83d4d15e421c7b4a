"""What a person should know of a summary beside its figures: sentences from counts that are kept while it is read."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from nanopore_tracking.counting import counted
from nanopore_tracking.runfolders.columns import Layout

#: How programs write that they do not know; dorado writes -1 too.
UNKNOWN = ("-", "unknown", "nan", "NaN", "NA", "n/a", "N/A", "na", "None", "none", "NULL", "null", "")
PASSED = frozenset({"TRUE", "True", "true", "T", "PASS", "pass", "1"})
FAILED = frozenset({"FALSE", "False", "false", "F", "FAIL", "fail", "0"})
#: No flow cell is read for so long; a clock that says so is not in seconds since the start of the run.
_LONGEST_RUN_S = 30 * 24 * 3600
_SHOWN_WORDS = 3
#: From what to what a number of a read may be; the longest read of all has had some million bases.
_POSSIBLE = {
    "channel": (1, 65_535),
    "mux": (0, 255),
    "start_s": (0, 2**31),
    "seconds": (0, 2**31),
    "length": (0, 100_000_000),
    "q": (0, 100),
}
#: Words in the place of a barcode that name none.
NAMELESS = frozenset({"", "unclassified", "-", "unknown", "mixed", "na", "none"})
_BARCODE = re.compile(r"(?:[A-Za-z0-9.-]+_)?barcode\d{1,4}")


@dataclass(slots=True)
class Remarks:
    """What was seen in the reads.

    unjudged: words that are no judgement, with how many reads have them; latest_s: when the last read began, as the
    file says; duplex: reads of both strands of a molecule; starts: the first read of each joined file, again: of those
    that were seen before; zero: reads with bases and the quality 0 (dorado#1398); by_alias: reads whose barcode only
    their alias says; runless: reads without a run id; impossible: reads with a number that cannot be, of each column.
    """

    unjudged: Counter[str] = field(default_factory=Counter)
    latest_s: float = 0
    duplex: int = 0
    starts: list[bytes] = field(default_factory=list)
    again: int = 0
    zero: int = 0
    by_alias: int = 0
    runless: int = 0
    impossible: Counter[str] = field(default_factory=Counter)

    def look(self, frame: pl.DataFrame) -> None:
        """Keep what is remarkable of reads before their columns are finished."""
        if "passed" in frame.columns:
            counted = frame["passed"].cast(pl.Categorical()).value_counts()
            for word, reads in counted.cast({"passed": pl.String()}).iter_rows():
                if word is not None and word not in PASSED | FAILED | set(UNKNOWN):
                    self.unjudged[word[:40]] += reads
        asked = [_strange(what).sum().alias(what) for what in _SAID if what in frame.columns]
        if asked:
            self.impossible.update({what: sums[0] for what, sums in frame.select(asked).to_dict().items()})
        if {"q", "length"} <= set(frame.columns):
            self.zero += frame.select(((pl.col("q") == 0) & (pl.col("length") > 0)).sum()).item()
        if "start_s" in frame.columns and frame.height:
            latest = frame["start_s"].max()
            self.latest_s = max(self.latest_s, float(latest) if isinstance(latest, float) else 0)

    def named(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return reads with what their run ids and barcodes mean where the file writes it in another place.

        A run id that is a word for what is not known is none. Where a read is unclassified and its alias is the name of
        a barcode, it is of that barcode: dorado 2.1 writes so (dorado#1621).
        """
        words = [word for word in frame["run"].unique().cast(pl.String()).to_list() if word in UNKNOWN]
        if words:
            runless = pl.col("run").cast(pl.String()).is_in(words)
            self.runless += frame.select(runless.sum()).item()
            frame = frame.with_columns(_instead("run", runless, pl.lit("")))
        pairs = frame.select("barcode", "alias").unique().cast(pl.String()).rows()
        aliases = [alias for barcode, alias in pairs if barcode.lower() in NAMELESS and _BARCODE.fullmatch(alias)]
        if aliases:
            nameless = pl.col("barcode").cast(pl.String()).str.to_lowercase().is_in(list(NAMELESS))
            meant = nameless & pl.col("alias").cast(pl.String()).is_in(aliases)
            self.by_alias += frame.select(meant.sum()).item()
            frame = frame.with_columns(_instead("barcode", meant, pl.col("alias").cast(pl.String())))
        return frame

    def begin(self, read_id: bytes) -> None:
        """Keep the first read of a file that others are joined to."""
        self.again += read_id in self.starts
        self.starts.append(read_id)

    def notes(self, layout: Layout) -> list[str]:
        """Return the sentences."""
        return [*self._of_ids(layout), *self._of_numbers(layout), *self._of_whole()]

    def _of_ids(self, layout: Layout) -> Iterator[str]:
        if "run" not in layout.places:
            yield "The summary does not say of which run its reads are: it has no column run_id."
        elif self.runless:
            one = "read does not say of which run it is: its run_id is empty"
            many = "reads do not say of which run they are: their run_id is empty"
            yield f"{counted(self.runless, one, many)}."
        if self.by_alias:
            what = "unclassified by barcode_arrangement, with the name of a barcode as alias"
            reads = counted(self.by_alias, f"read is {what}; it counts", f"reads are {what}; they count")
            yield f"{reads} as that barcode."

    def _of_numbers(self, layout: Layout) -> Iterator[str]:
        if "length" in layout.places and "q" not in layout.places:
            yield "The summary has no qualities: it has no column mean_qscore_template."
        if self.zero:
            reads = counted(self.zero, "read with bases has", "reads with bases have")
            yield f"{reads} the quality 0, which none can have: it is not known."
        strange = [(what, reads) for what, reads in self.impossible.items() if reads and what in layout.places]
        if strange:
            each = ", ".join(f"{reads:,} of {layout.names[layout.places[what][0]]}" for what, reads in strange)
            yield f"Numbers that cannot be count as not known: {each}."

    def _of_whole(self) -> Iterator[str]:
        if self.unjudged:
            words = ", ".join(repr(word) for word, _ in self.unjudged.most_common(_SHOWN_WORDS))
            reads = counted(self.unjudged.total(), "read counts", "reads count")
            yield f"{reads} as neither passed nor failed: passes_filtering says {words}."
        if self.latest_s > _LONGEST_RUN_S:
            days = self.latest_s / 86_400
            yield f"Reads begin {days:,.0f} days after the start of the run: start_time is not in seconds of it."
        if self.duplex:
            reads = counted(self.duplex, "read is of both strands", "reads are of both strands")
            yield (
                f"{reads} of a molecule (duplex); where the reads of each strand are in the summary too, their bases "
                "count there as well."
            )
        if self.again:
            yield "A part of the file begins with the same read as another: the same reads may count twice."


#: Of which a number that cannot be is said; what they are changes figures that people go by.
_SAID = ("channel", "start_s", "length", "q")


def possible(what: str, column: pl.Expr) -> pl.Expr:
    """Return whether a number of a read can be; infinity, and what is no number, cannot."""
    least, most = _POSSIBLE[what]
    return (column > least if what == "q" else column >= least) & (column <= most)


def _strange(what: str) -> pl.Expr:
    """Return whether a number cannot be and is no word for what is not known; of a quality of 0 more is said."""
    column = pl.col(what).cast(pl.Float64)
    word = column.is_nan() | (column == -1) | (column == 0 if what == "q" else pl.lit(value=False))
    return ~possible(what, column) & ~word


def _instead(name: str, where: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Return a column with another value where it is wanted."""
    return pl.when(where).then(value).otherwise(pl.col(name).cast(pl.String())).cast(pl.Categorical()).alias(name)
