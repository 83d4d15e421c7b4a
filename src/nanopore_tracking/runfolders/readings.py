"""What is said of a whole run folder: how it stands, by what it is known, what was read of it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from nanopore_tracking.runfolders.figures import Name, RunFigures, SummaryFigures, Told
from nanopore_tracking.runfolders.finals import FinalSummary
from nanopore_tracking.runfolders.inventory import KindOfFile
from nanopore_tracking.runfolders.reports import ReportFigures
from nanopore_tracking.runfolders.tables import CountedBarcode, OfMinute, OfTemperature, PoreFigures, SheetRow

#: complete: the final summary is there and all that was read is of its run; writing: files were changed a moment ago
#: and the final summary is not there; unfinished: nothing has changed for a while, and it is still not there; empty:
#: there are no reads in it; vanished: it is not there any more; unreadable: nothing in it says which run it is; live:
#: it is known of an instrument alone, as nobody has read its folder.
State = Literal["live", "complete", "writing", "unfinished", "empty", "vanished", "unreadable"]


class RunIds(Struct, frozen=True, kw_only=True):
    """By what a run is known; texts are empty where nothing says them. acquisition_run_ids: of all that was read."""

    protocol_run_id: Name = ""
    acquisition_run_ids: Annotated[list[Name], Meta(max_length=100)] = []
    experiment_id: Name = ""
    sample_id: Name = ""
    flow_cell_id: Name = ""
    position: Name = ""
    instrument: Name = ""
    kit: Name = ""


class OtherBasecalling(Struct, frozen=True, kw_only=True):
    """The reads of a run by another summary in its folder, as of a later basecalling."""

    summary_name: Annotated[str, Meta(max_length=300)]
    told: Told
    runs: list[RunFigures]


class Reading(Struct, frozen=True, kw_only=True):
    """All that was read of a run folder, or of one acquisition of several in it.

    acquisition_run_id: which acquisition it is of, as its summary names it; empty where nothing says it, and where the
    summary names the protocol run instead. finals: of other acquisitions of the same protocol run. counted: by MinKNOW,
    of each barcode. others: basecallings beside the one of the summary; which one counts is said by the final summary,
    else it is the newest.
    """

    folder: Annotated[str, Meta(min_length=1, max_length=400)]
    state: State
    sentence: Annotated[str, Meta(min_length=1, max_length=500)]
    ids: RunIds
    acquisition_run_id: Name = ""
    problems: list[str]
    files: list[KindOfFile]
    final: FinalSummary | None = None
    finals: Annotated[list[FinalSummary], Meta(max_length=100)] = []
    report: ReportFigures | None = None
    summary: SummaryFigures | None = None
    summary_name: Annotated[str, Meta(max_length=300)] = ""
    sheet: list[SheetRow] = []
    pores: PoreFigures | None = None
    minutes: list[OfMinute] = []
    counted: list[CountedBarcode] = []
    temperatures: list[OfTemperature] = []
    others: Annotated[list[OtherBasecalling], Meta(max_length=20)] = []
    hashed_files: int = 0
    files_without_hash: int = 0
