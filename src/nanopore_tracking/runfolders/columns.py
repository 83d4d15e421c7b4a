"""Which column of which vintage of a sequencing summary holds what, told from the header alone.

The columns are those of Oxford Nanopore's output specifications (protocol_formats/sequencing_summary, 23.06 to 26.01),
of the notes on Guppy's summaries in its protocol (GPB_2003), of the writers of dorado (dorado/summary) and bonito 0.2.1
(bonito#40), and of public files of Albacore 1 and 2, Guppy 2 to 6, MinKNOW 19 to 25 and dorado 0.3 to 2.1.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Literal

from nanopore_tracking.runfolders.figures import Unreadable

Kind = Literal["text", "whole", "number"]

#: What is read → the names it has had, the best first, and what it is.
NAMES: dict[str, tuple[Kind, tuple[str, ...]]] = {
    "run": ("text", ("run_id", "runid", "acquisition_run_id", "protocol_run_id")),
    "channel": ("whole", ("channel",)),
    "mux": ("whole", ("mux",)),
    "start_s": ("number", ("start_time",)),
    "seconds": ("number", ("template_duration", "duration")),
    "length": ("whole", ("sequence_length_template", "sequence_length")),
    "q": ("number", ("mean_qscore_template", "mean_qscore")),
    "passed": ("text", ("passes_filtering",)),
    "barcode": ("text", ("barcode_arrangement", "barcode")),
    "alias": ("text", ("alias",)),
    "end": ("text", ("end_reason",)),
}
_LENGTHS = NAMES["length"][1]
#: Guppy's barcoding summary names the first, that of `dorado demux --emit-summary` the second (dorado#1267).
BARCODES = NAMES["barcode"][1]
#: Columns that MinKNOW writes of each read whether it was basecalled or not.
_MINKNOW = frozenset({"filename_fast5", "filename_pod5", "filename_fastq", "pore_type", "end_reason"})
_MARKS = ("read_id", "channel", "start_time")
_LONGEST_HEADER = 64 << 10
#: The id of a read, a UUID; duplex reads have two with a semicolon between them.
_READ = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:;.*)?")
_TABS = "save it with tabs between its cells, as the program wrote it"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where what is. names: of the file; places: what is read → (index of its column, kind)."""

    names: tuple[str, ...]
    places: dict[str, tuple[int, Kind]]
    read_id: int

    @property
    def width(self) -> int:
        """Return how many cells a row has."""
        return len(self.names)

    @property
    def known(self) -> list[str]:
        """Return the names of the columns that are read."""
        return [self.names[index] for index, _ in self.places.values()]


def cells(line: bytes) -> list[str]:
    """Return the cells of a header line; Unreadable where it is no text."""
    if line.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in line[:_LONGEST_HEADER]:
        raise Unreadable("The file is not plain text (UTF-8), so it is no summary of a run.")
    try:
        text = line.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        raise Unreadable("The file is not plain text (UTF-8), so it is no summary of a run.") from None
    text = text.rstrip("\r\n")
    if "\r" in text:
        raise Unreadable("The lines of the file end with carriage returns alone; save it with line feeds, as on Linux.")
    return [cell.strip() for cell in text.split("\t")]


def is_header(line: bytes) -> bool:
    """Return whether a line names columns instead of having values."""
    return b"read_id" in line and set(_MARKS) <= {name.strip() for name in _split(line)}


def is_barcoding(names: Set[str]) -> bool:
    """Return whether columns are those of a barcoding summary, which says the barcode of each read and no length."""
    return "read_id" in names and bool(names & set(BARCODES)) and not names & set(_LENGTHS)


def is_glued(line: bytes) -> bool:
    """Return whether a line has the values of a read and then names: two files were joined without a line end."""
    names = _split(line)
    return is_header(line) and any(_READ.fullmatch(name) for name in names)


def _split(line: bytes) -> list[str]:
    return line.decode(errors="replace").rstrip("\r\n").split("\t")


def layout(line: bytes) -> Layout:
    """Return the layout that a header line means; Unreadable, in one sentence, where it is no sequencing summary."""
    names = cells(line)
    if not any(names):
        raise Unreadable("The file is empty: it has no header and no reads.")
    if "read_id1" in names or ("sequence_length_2d" in names and "sequence_length_template" not in names):
        raise Unreadable("The summary is of 1D² pairs of strands, which are not counted as reads here.")
    missing = [name for name in _MARKS if name not in names]
    if missing:
        raise Unreadable(_other(names, missing))
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise Unreadable(
            f"The summary has the column {doubled[0]} more than once, so it is not clear which one counts."
        )
    places = {}
    for what, (kind, spellings) in NAMES.items():
        found = next((name for name in spellings if name in names), None)
        if found is not None:
            places[what] = (names.index(found), kind)
    return Layout(tuple(names), places, names.index("read_id"))


def _other(names: Sequence[str], missing: Sequence[str]) -> str:
    """Say what a file is that is no summary, as far as its first line tells."""
    if is_barcoding(set(names)):
        return "The file is a barcoding summary: it says the barcode of each read and nothing else of it."
    first = names[0]
    if first.startswith(("@", ">")):
        return "The file holds sequences, not a summary of reads."
    if first.startswith(("{", "[")):
        return "The file is JSON, not a sequencing summary."
    if first.startswith("<"):
        return "The file is a page (HTML or XML), not a sequencing summary."
    if first.startswith("version https://git-lfs"):
        return "The file is a pointer of Git LFS; the summary itself was not fetched."
    if any(_READ.fullmatch(name) for name in names):
        return "The file has no header: its first line is a read already, and nothing says which column is what."
    for sign, word in ((",", "commas"), (";", "semicolons"), (" ", "blanks")):
        if "read_id" in {cell.strip() for cell in first.split(sign)} and sign in first:
            return f"The file has {word} between its cells; a sequencing summary has tabs: {_TABS}."
    what = "column" if len(missing) == 1 else "columns"
    return f"The file is no sequencing summary: its first line does not name the {what} {', '.join(missing)}."


def vintage(found: Layout) -> str:
    """Return which program wrote a summary with these columns, as far as they tell."""
    names = set(found.names)
    if "length" not in found.places:
        return "MinKNOW without basecalling" if names & _MINKNOW else "an unknown program"
    if "input_filename" in names:
        return "dorado 1.3.1 or newer (specification 26.01)"
    if {"filename_slow5", "filename_out"} & names:
        return "buttery-eel (SLOW5)"
    if "minknow_events" in names and not {"filename_fastq", "filename_pod5", "filename_bam"} & names:
        return "Guppy 6 or a basecall server"
    if "minknow_events" in names:
        return "MinKNOW 23.06 or newer"
    if "filename_fastq" in names:
        return "MinKNOW 22 or older"
    if "passes_filtering" not in names:
        return "dorado or bonito summary" if "num_events" not in names else "Albacore 1"
    return "Guppy" if "median_template" in names else "Albacore 2 or MinKNOW"
