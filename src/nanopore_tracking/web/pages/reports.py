"""Reports: each chart with its table, its file and what its numbers mean; and the overview that begins with trouble."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nanopore_tracking.contracts.api.sample.reports import Failures, Throughput, WeeklyLoad
from nanopore_tracking.contracts.api.sample.runs import Run
from nanopore_tracking.drawing import charts
from nanopore_tracking.drawing.charts import Chart
from nanopore_tracking.kernel import errors, sheets
from nanopore_tracking.web import words
from nanopore_tracking.web.clients.bench import Bench
from nanopore_tracking.web.clients.reports import Reports
from nanopore_tracking.web.clients.runs import Runs
from nanopore_tracking.web.visit import Shown, Visit, page

#: How many weeks can be chosen.
WEEKS = (4, 12, 26, 52)
_ATTENTION = 20
_RUNNING = ("sequencing_run", "basecalling")


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report as it is shown. head and rows: its table, which is its file too."""

    name: str
    title: str
    definition: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    chart: Chart


def _throughput(found: Throughput) -> Report:
    labels = [str(week.week) for week in found.items]
    names = ("received", "delivered", "left")
    series = [(name, [getattr(week, name) for week in found.items]) for name in names]
    return Report(
        name="throughput",
        title="Throughput",
        definition=found.definition,
        head=("week", "received", "delivered", "left", "reworked"),
        rows=[(str(w.week), w.received, w.delivered, w.left, w.reworked) for w in found.items],
        chart=charts.bars(labels, series, what="Samples in a week"),
    )


def _load(found: WeeklyLoad) -> Report:
    weeks = sorted({one.week for one in found.items})
    entered = {week: sum(one.entered for one in found.items if one.week == week) for week in weeks}
    again = {week: sum(one.reworked for one in found.items if one.week == week) for week in weeks}
    series = [("entered", list(entered.values())), ("reworked", list(again.values()))]
    return Report(
        name="load",
        title="Load by week",
        definition=found.definition + " The chart adds up all stages of a week.",
        head=("week", "stage", "entered", "reworked"),
        rows=[(str(one.week), words.stage_title(one.stage), one.entered, one.reworked) for one in found.items],
        chart=charts.bars([str(week) for week in weeks], series, what="Samples that came to a stage"),
    )


def _failures(found: Failures) -> Report:
    stages = list(dict.fromkeys(one.stage for one in found.items))
    series = [("left", [sum(one.samples for one in found.items if one.stage == stage) for stage in stages])]
    return Report(
        name="failures",
        title="Causes of failure",
        definition=found.definition,
        head=("stage", "how", "reason", "samples"),
        rows=[(words.stage_title(o.stage), words.words(o.exit), o.reason, o.samples) for o in found.items],
        chart=charts.bars([words.stage_title(stage) for stage in stages], series, what="Samples that left the way"),
    )


async def _reports(visit: Visit, weeks: int) -> list[Report]:
    """Return all reports; a new one is a line here."""
    client = visit.api(Reports)
    throughput, load, failures = await asyncio.gather(
        client.throughput(weeks), client.load(weeks), client.failures(weeks)
    )
    return [_throughput(throughput), _load(load), _failures(failures)]


def _weeks(visit: Visit) -> int:
    said = visit.request.query_params.get("weeks", "12")
    return int(said) if said.isdecimal() and int(said) in WEEKS else 12


@page("/reports", needs="samples.read")
async def reports(visit: Visit) -> Shown:
    """Show what the laboratory did in the last weeks."""
    weeks = _weeks(visit)
    options = [(str(many), f"{many} weeks") for many in WEEKS]
    return visit.page(
        "pages/reports.html", title="Reports", weeks=weeks, options=options, reports=await _reports(visit, weeks)
    )


@page("/reports/{name:str}", needs="samples.read")
async def download(visit: Visit, name: str) -> Shown:
    """Send the table of a report as a file."""
    weeks = _weeks(visit)
    found = next((report for report in await _reports(visit, weeks) if f"{report.name}.csv" == name), None)
    if found is None:
        raise errors.NotFound("There is no such report.")
    content = sheets.csv_text([found.head, *found.rows]).encode()
    return visit.file(content, sheets.CSV, f"{found.name}-{weeks}-weeks.csv")


@page("/overview", needs="samples.move")
async def overview(visit: Visit) -> Shown:
    """Show what needs attention first, then what is running, then this week."""
    client = visit.api(Reports)
    attention, summary, week, runs = await asyncio.gather(
        client.attention(limit=_ATTENTION), visit.api(Bench).summary(), client.throughput(1), _running(visit)
    )
    work: dict[str, dict[str, int]] = {}
    for one in summary.counts:
        if one.status in ("queued", "active", "on_hold"):
            work.setdefault(one.stage, {})[one.status] = one.count
    return visit.page(
        "pages/overview.html",
        title="Overview",
        topics="sample",
        attention=attention,
        work=work,
        runs=runs,
        running=[(stage, work.get(stage, {}).get("active", 0)) for stage in _RUNNING],
        week=week.items[-1],
        definition=week.definition,
    )


async def _running(visit: Visit) -> list[Run]:
    """Return the runs that go on now, for those who may see what they run on."""
    return (await visit.api(Runs).runs(state="running", limit=_ATTENTION)).items if visit.can("inventory.read") else []


ROUTES = [reports, download, overview]
