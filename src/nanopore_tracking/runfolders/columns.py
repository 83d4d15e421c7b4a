"""Which column of which vintage of a sequencing summary holds what, told from the header alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nanopore_tracking.runfolders.figures import Unreadable

Kind = Literal["text", "whole", "number"]

#: What is read → the names it has had, the best first, and what it is.
NAMES: dict[str, tuple[Kind, tuple[str, ...]]] = {
    "run": ("text", ("run_id",)),
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
_MARKS = ("read_id", "channel", "start_time")
_LONGEST_HEADER = 64 << 10


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
    return [cell.strip() for cell in text.rstrip("\r\n").split("\t")]


def is_header(line: bytes) -> bool:
    """Return whether a line names columns instead of having values."""
    return b"read_id" in line and set(_MARKS) <= set(line.decode(errors="replace").rstrip("\r\n").split("\t"))


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
    if "read_id" in names and "barcode_arrangement" in names:
        return "The file is a barcoding summary: it says the barcode of each read and nothing else of it."
    first = names[0]
    if first.startswith(("@", ">")):
        return "The file holds sequences, not a summary of reads."
    if first.startswith(("{", "[")):
        return "The file is JSON, not a sequencing summary."
    if "," in first and len(names) == 1:
        return "The file has commas between its cells; a sequencing summary has tabs."
    what = "column" if len(missing) == 1 else "columns"
    return f"The file is no sequencing summary: its first line does not name the {what} {', '.join(missing)}."


def vintage(found: Layout) -> str:
    """Return which program wrote a summary with these columns, as far as they tell."""
    names = set(found.names)
    if "length" not in found.places:
        return "MinKNOW without basecalling"
    if "input_filename" in names:
        return "dorado 1.3.1 or newer (specification 26.01)"
    if "minknow_events" in names:
        return "MinKNOW 23.06 or newer"
    if "filename_fastq" in names:
        return "MinKNOW 22 or older"
    if "passes_filtering" not in names:
        return "dorado summary" if "num_events" not in names else "Albacore 1"
    return "Guppy" if "median_template" in names else "Albacore 2 or MinKNOW"
