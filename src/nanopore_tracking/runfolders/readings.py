"""What is said of a whole run folder: how it stands, by what it is known, what was read of it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from nanopore_tracking.runfolders.figures import Name, SummaryFigures
from nanopore_tracking.runfolders.finals import FinalSummary
from nanopore_tracking.runfolders.inventory import KindOfFile
from nanopore_tracking.runfolders.reports import ReportFigures
from nanopore_tracking.runfolders.tables import OfMinute, PoreFigures, SheetRow

#: complete: the final summary is there and all that was read is of its run; writing: files were changed a moment ago
#: and the final summary is not there; unfinished: nothing has changed for a while, and it is still not there; empty:
#: there are no reads in it; vanished: it is not there any more; unreadable: nothing in it says which run it is.
State = Literal["complete", "writing", "unfinished", "empty", "vanished", "unreadable"]


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


class Reading(Struct, frozen=True, kw_only=True):
    """All that was read of a run folder."""

    folder: Annotated[str, Meta(min_length=1, max_length=400)]
    state: State
    sentence: Annotated[str, Meta(min_length=1, max_length=500)]
    ids: RunIds
    problems: list[str]
    files: list[KindOfFile]
    final: FinalSummary | None = None
    report: ReportFigures | None = None
    summary: SummaryFigures | None = None
    summary_name: Annotated[str, Meta(max_length=300)] = ""
    sheet: list[SheetRow] = []
    pores: PoreFigures | None = None
    minutes: list[OfMinute] = []
    hashed_files: int = 0
    files_without_hash: int = 0
