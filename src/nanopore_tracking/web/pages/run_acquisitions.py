"""The acquisitions of a run on its page: all of them in a list, and the charts of one or of all together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nanopore_tracking.contracts.api.sample.acquisitions import Acquisition
from nanopore_tracking.contracts.api.sample.live import LiveAcquisition, LiveRun
from nanopore_tracking.drawing.runs import Figure, figures
from nanopore_tracking.runfolders import joining
from nanopore_tracking.web.clients.run_folders import RunFolders
from nanopore_tracking.web.visit import Visit

#: Acquisitions whose reads are added up for a chart; each is read whole for that.
_TOGETHER = 12
_NO_TIMES = " One of them does not say when it began, so nothing is shown over time."


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """An acquisition of a run. source: `read` where its folder says the numbers, `live` where its instrument does."""

    folder: Acquisition
    live: LiveAcquisition | None
    source: str
    started_at: datetime | None
    ended_at: datetime | None
    reads: int | None
    bases: int | None
    pass_bases: int | None
    n50_bases: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Charts:
    """The charts of one acquisition, or of several together. sentence: what was added up; folder: None for several."""

    title: str
    sentence: str
    folder: Acquisition | None
    figures: Sequence[Figure]


def rows(folders: Sequence[Acquisition], live: LiveRun) -> list[Row]:
    """Return the acquisitions of a run in the order in which they began; one that does not say when comes last."""
    told = {each.folder_id: each for each in live.acquisitions}
    found = [_row(each, told.get(each.id)) for each in folders]
    return sorted(found, key=lambda row: (row.started_at is None, row.started_at or row.folder.created_at))


def _row(folder: Acquisition, live: LiveAcquisition | None) -> Row:
    numbers: Any = folder if folder.bases is not None or live is None else live
    return Row(
        folder=folder,
        live=live,
        source="read" if numbers is folder else "live",
        started_at=folder.started_at or (live.started_at if live else None),
        ended_at=folder.ended_at or (live.ended_at if live else None),
        reads=numbers.reads,
        bases=numbers.bases,
        pass_bases=numbers.pass_bases,
        n50_bases=numbers.n50_bases,
    )


def totals(found: Sequence[Row]) -> dict[str, Any]:
    """Return the sums of what acquisitions say, each None where none says it, and of how many nothing is known."""
    known = [row for row in found if row.bases is not None]
    sums: dict[str, Any] = {"unknown": len(found) - len(known)}
    for name in ("reads", "pass_bases", "bases"):
        values = [getattr(row, name) for row in known if getattr(row, name) is not None]
        sums[name] = sum(values) if values else None
    return sums


def chosen(visit: Visit, found: Sequence[Row]) -> Row | None:
    """Return the acquisition that the address asks for; None for all of them."""
    asked = visit.request.query_params.get("acquisition", "")
    return next((row for row in found if str(row.folder.id) == asked), None)


async def charts(visit: Visit, found: Sequence[Row], only: Row | None) -> Charts | None:
    """Return the charts of what was read: of one acquisition, else of all that have reads; None where none has any."""
    read = [row.folder for row in found if row.folder.bases and only in (None, row)][:_TOGETHER]
    if not read:
        return None
    client = visit.api(RunFolders)
    readings = [(await client.figures(each.id)).reading for each in read]
    if len(read) == 1:
        title = f"Charts of {_named(read[0])}" if len(found) > 1 else "Charts"
        return Charts(title=title, sentence="", folder=read[0], figures=figures(readings[0]))
    whole = joining.joined(readings)
    said = f"Sums of {len(read)} acquisitions; hours are counted from the start of the first."
    if whole.summary is not None and not any(run.times for run in whole.summary.runs):
        said = f"Sums of {len(read)} acquisitions.{_NO_TIMES}"
    kinds = joining.kinds(readings)
    if len(kinds) > 1:
        told = "; ".join(each or "a model that is not known" for each in kinds)
        said += f" They were called in several ways, which pass by limits of their own: {told}."
    title = f"Charts of {len(read)} acquisitions together"
    return Charts(title=title, sentence=said, folder=None, figures=figures(whole))


def _named(folder: Acquisition) -> str:
    return folder.acquisition_run_id[:8] or folder.folder.rstrip("/").rpartition("/")[2]
