"""Until when things should be done: the queue, pauses of a sample's clock, and how long the stages took."""

import csv
import io
from typing import Any

from nanopore_tracking.contracts.api.sample.clocks import Turnaround
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.bench import Bench
from nanopore_tracking.web.clients.review import Review
from nanopore_tracking.web.pages import sample
from nanopore_tracking.web.visit import Shown, Visit, action, page

FILTERS = ("stage", "overdue", "lab_id")
#: Of the chart, in the units of its view box.
_ROW, _LEFT, _WIDTH = 34, 130, 720


@page("/queue", needs="samples.read")
async def queue(visit: Visit) -> Shown:
    """Show what is due first, then the more urgent, then what came first."""
    address = Address.of(visit.request, FILTERS, default_sort="due")
    found = await visit.api(Bench).samples(**address.query(*FILTERS), sort="due", after=address["after"])
    return visit.page(
        "pages/queue.html",
        title="Queue",
        topics="sample",
        address=address,
        found=found,
        stages=[(code, name) for code, (name, _) in words.STAGES.items()],
    )


@action("/samples/{code:str}/clock/pause", needs="samples.write")
async def pause(visit: Visit, code: str) -> Shown:
    """Let the clock of a sample stand still."""
    asked = {"reason": visit.form.get("reason", ""), "note": visit.form.get("note", "").strip()}
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(Review).pause(code, asked, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Stale) as problem:
        return await sample.show(visit, code, status=422, problem=problem, opened="pause")
    return visit.go(f"/samples/{code}", "The clock stands still")


@action("/samples/{code:str}/clock/resumption", needs="samples.write")
async def resume(visit: Visit, code: str) -> Shown:
    """Let the clock of a sample run on."""
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(Review).resume(code, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Stale) as problem:
        return await sample.show(visit, code, status=422, problem=problem)
    return visit.go(f"/samples/{code}", "The clock runs on")


@page("/turnaround", needs="samples.read")
async def turnaround(visit: Visit) -> Shown:
    """Show how long the stages took, as a chart with its table and its definition."""
    address = Address.of(visit.request, ("first_day", "last_day"))
    asked, problem = address.query("first_day", "last_day"), None
    try:
        report = await visit.api(Review).turnaround(**asked)
    except errors.Invalid as refused:
        report, problem = await visit.api(Review).turnaround(), refused
    return visit.page(
        "pages/turnaround.html",
        title="Turnaround",
        report=report,
        chart=_chart(report),
        address=address,
        problem=problem,
    )


def _chart(report: Turnaround) -> dict[str, Any]:
    """Return where the bars of the chart stand: the median of each stage, and its 90th percentile."""
    most = max((stage.p90_h for stage in report.stages), default=0.0) or 1.0
    bars = []
    for number, stage in enumerate(report.stages):
        median, p90 = ((_WIDTH - _LEFT - 90) * value / most for value in (stage.median_h, stage.p90_h))
        bars.append({"stage": stage, "y": number * _ROW + 6, "median": round(median, 1), "p90": round(p90, 1)})
    return {"bars": bars, "left": _LEFT, "width": _WIDTH, "height": max(len(bars), 1) * _ROW + 8}


@page("/turnaround/csv", needs="samples.read")
async def turnaround_csv(visit: Visit) -> Shown:
    """Hand the table of the report out."""
    address = Address.of(visit.request, ("first_day", "last_day"))
    report = await visit.api(Review).turnaround(**address.query("first_day", "last_day"))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("stage", "count", "median_h", "p90_h", "p95_h", "paused_h", "breached", "causes"))
    for stage in report.stages:
        causes = "; ".join(f"{each.cause} {each.count}" for each in report.causes if each.stage == stage.stage)
        numbers = (stage.count, stage.median_h, stage.p90_h, stage.p95_h, stage.paused_h, stage.breached)
        writer.writerow((stage.stage, *numbers, causes))
    name = f"turnaround-{report.first_day}-{report.last_day}.csv"
    return visit.file(out.getvalue().encode(), "text/csv", name)


ROUTES = [queue, pause, resume, turnaround, turnaround_csv]
