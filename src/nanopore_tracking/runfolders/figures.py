"""What is said of the reads of a run: yields, distributions, and what could not be read."""

from typing import Annotated

from msgspec import Meta, Struct

from nanopore_tracking.counting import counted

#: How many there are of something; what is sent over a network is held to it.
Count = Annotated[int, Meta(ge=0, le=10**15)]
#: A name that somebody gave.
Name = Annotated[str, Meta(max_length=200)]

#: Seconds of one bin of time.
BIN_S = 600
#: Bins of length for each factor of ten; bin b holds lengths of at least 10 ** (b / LENGTH_BINS) bases.
LENGTH_BINS = 100
#: Bins of quality for each unit of Q.
QUALITY_BINS = 10


class Unreadable(Exception):
    """A file that is not what it should be; the sentence says what it is instead."""


def gigabases(bases: int) -> str:
    """Write bases in gigabases, to three places; few of them one by one, as they are not none."""
    return counted(bases, "base") if 0 < bases < 500_000 else f"{bases / 1e9:,.3f} Gb"


class Part(Struct, frozen=True, kw_only=True):
    """The reads of a run, or of one barcode in it.

    reads: all rows, empty_reads: those of them without a base; bases and lengths in bases; pass and fail as the
    basecaller judged, unjudged where it did not; n50_bases: half of all bases are in reads of at least that length;
    mean_q: of the mean of the error probabilities, -10 log10(mean(10 ** (-Q / 10))), over the reads that have bases;
    median_q: to 0.05; pass_n50_bases, pass_mean_q: the same of the reads that passed, None where none did.
    """

    reads: Count = 0
    empty_reads: Count = 0
    bases: Count = 0
    pass_reads: Count = 0
    pass_bases: Count = 0
    fail_reads: Count = 0
    fail_bases: Count = 0
    unjudged_reads: Count = 0
    unjudged_bases: Count = 0
    n50_bases: Count | None = None
    median_length_bases: Count | None = None
    max_length_bases: Count | None = None
    mean_q: float | None = None
    median_q: float | None = None
    pass_n50_bases: Count | None = None
    pass_mean_q: float | None = None


class OfBarcode(Struct, frozen=True, kw_only=True):
    """The reads of one barcode. barcode: as the file names it, `unclassified` too; alias: empty where there is none."""

    barcode: Name
    alias: Name
    part: Part


class OfTime(Struct, frozen=True, kw_only=True):
    """What was read in ten minutes of a run. bin: the first begins at 0; speed: bases a second of the strands."""

    bin: int
    reads: Count
    bases: Count
    pass_bases: Count
    channels: Count
    mean_q: float | None = None
    speed_bases_per_s: float | None = None


class OfChannel(Struct, frozen=True, kw_only=True):
    """What one channel read."""

    channel: Count
    reads: Count
    bases: Count
    pass_bases: Count


class OfBin(Struct, frozen=True, kw_only=True):
    """One bin of a distribution. bin: see LENGTH_BINS and QUALITY_BINS."""

    bin: int
    pass_reads: Count
    pass_bases: Count
    other_reads: int
    other_bases: int


class OfEnd(Struct, frozen=True, kw_only=True):
    """Why so many reads ended."""

    reason: str
    reads: Count
    bases: Count


class RunFigures(Struct, frozen=True, kw_only=True):
    """All that a summary says of one run id.

    run_id: as in the file: the id of an acquisition (40 hexadecimal digits) or, from dorado, of the protocol run;
    t90_h: after how many hours nine tenths of the bases were read; unclassified_share: of the bases, where there are
    barcodes; barcode_cv: standard deviation of the bases of the classified barcodes over their mean; contradictions:
    reads whose alias names a sample though their barcode is unclassified (they are counted by their alias).
    """

    run_id: str
    whole: Part
    channels_seen: Count
    t90_h: float | None = None
    last_start_h: float | None = None
    speed_bases_per_s: float | None = None
    unclassified_share: float | None = None
    barcode_cv: float | None = None
    contradictions: Count = 0
    barcodes: list[OfBarcode] = []
    times: list[OfTime] = []
    channels: list[OfChannel] = []
    lengths: list[OfBin] = []
    qualities: list[OfBin] = []
    ends: list[OfEnd] = []


class Odd(Struct, frozen=True, kw_only=True):
    """A line that was put aside. line: counted from 1 in the unpacked file, with the header."""

    line: int
    why: str


class Told(Struct, frozen=True, kw_only=True):
    """How the reading of a summary went.

    rows: that count; odd_rows: put aside, odd: the first of them; repeated_headers: found between the reads; notes:
    sentences on what a person should know; known: which columns the file has, by their own names; strangers: reads
    that the barcoding summary beside it does not name.
    """

    vintage: str
    rows: Count
    odd_rows: Count
    odd: list[Odd]
    repeated_headers: Count
    notes: list[str]
    known: list[str]
    strangers: Count = 0


class SummaryFigures(Struct, frozen=True, kw_only=True):
    """What one summary says: of all its reads, and of each run id."""

    told: Told
    whole: Part
    runs: list[RunFigures]
