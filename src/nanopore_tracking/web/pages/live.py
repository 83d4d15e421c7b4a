"""Runs while they sequence: what the page of a run shows of that, its end, and the screens on a wall."""

import csv
import io
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.live import LiveRun
from nanopore_tracking.drawing import charts
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms, timelines
from nanopore_tracking.web.clients.live import Live
from nanopore_tracking.web.clients.runs import Runs
from nanopore_tracking.web.visit import Shown, Visit, page

_HEAD = ("acquisition_run_id", "minute", "reads", "bases", "pass_reads", "pass_bases", "strand", "adapter", "pore")
#: Of the pages of minutes that one file is made of; twelve days have 17,280.
_PAGES = 100
_BARS = 24


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """The form by which a person confirms when a run shall end, in the units that people use."""

    passed_gb: (
        Annotated[float, Meta(gt=0, description="passed_basecalled_bases of MinKNOW; empty: not used.")] | None
    ) = None
    available_pores: (
        Annotated[float, Meta(gt=0, le=100, description="Percent of the first ones; empty: not used.")] | None
    ) = None
    runtime_h: Annotated[float, Meta(gt=0, description="runtime of MinKNOW; empty: not used.")] | None = None
    note: Annotated[str, Meta(max_length=200)] = ""


async def parts(visit: Visit, code: str, live: LiveRun) -> dict[str, Any]:
    """Return what the page of a run shows of what its instrument tells; nothing where none has told of it."""
    if live.state == "none":
        return {"live": None}
    client = visit.api(Live)
    suggestion = await client.suggestion(code)
    return drawn(live) | {
        "live": live,
        "suggestion": suggestion,
        "confirmed": await client.confirmed(code),
        "ending": _filled(suggestion),
    }


def drawn(live: LiveRun) -> dict[str, Any]:
    """Return the curves of a run."""
    return {
        "output": timelines.output(live),
        "activity": timelines.pores(live),
        "histograms": [
            _bins("lengths", "Read lengths", live.lengths, unit=1000.0),
            _bins("qualities", "Qualities", live.qualities, unit=1.0),
        ],
    }


def _bins(name: str, title: str, found: Sequence[tuple[float, int]], *, unit: float) -> dict[str, Any]:
    """Return a histogram of bases as MinKNOW told it last, of at most so many bars; none where it told nothing."""
    wide = -(-len(found) // _BARS) if found else 1
    groups = [found[n : n + wide] for n in range(0, len(found), wide)]
    labels = [f"{group[0][0] / unit:g} kb" if unit > 1 else f"Q{group[0][0]:g}" for group in groups]
    megabases = [round(sum(bases for _, bases in group) / 1e6) for group in groups]
    chart = charts.bars(labels, [("megabases", megabases)], what=f"{title}, megabases")
    return {
        "name": name,
        "title": title,
        "chart": chart if groups else None,
        "rows": list(zip(labels, megabases, strict=True)),
    }


def _filled(suggestion: Any) -> forms.Form:
    found = suggestion.criteria
    if found is None:
        return forms.of(Ending)
    bases, runtime = found.passed_basecalled_bases, found.runtime
    return forms.of(Ending).filled(
        {
            "passed_gb": round(bases / 1e9, 3) if bases else None,
            "available_pores": found.available_pores,
            "runtime_h": round(runtime / 3600, 2) if runtime else None,
        }
    )


async def confirm(visit: Visit, code: str) -> forms.Form | None:
    """Confirm when a run shall end; return the form with what was refused, None where it was recorded."""
    form = forms.of(Ending)
    read = form.read(visit.form)
    bases, runtime = read.get("passed_gb"), read.get("runtime_h")
    criteria = {
        "passed_basecalled_bases": round(bases * 1e9) if isinstance(bases, float | int) else bases,
        "available_pores": read.get("available_pores"),
        "runtime": round(runtime * 3600) if isinstance(runtime, float | int) else runtime,
    }
    asked = {"criteria": criteria, "note": read.get("note") or ""}
    try:
        await visit.api(Live).confirm(code, asked, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return form.refused(problem, visit.form)
    return None


@page("/runs/{code:str}/minutes", needs="inventory.read")
async def minutes(visit: Visit, code: str) -> Shown:
    """Hand out the minutes of a run as a table (CSV)."""
    client = visit.api(Live)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEAD)
    after: str | None = None
    for _ in range(_PAGES):
        found = await client.minutes(code, after=after)
        for tick in found.items:
            shares = [tick.pores.get(name, "") for name in ("strand", "adapter", "pore")]
            writer.writerow([getattr(tick, name) for name in _HEAD[:6]] + shares)
        after = found.next
        if not after:
            break
    return visit.file(text.getvalue().encode(), "text/csv", f"{code}_minutes.csv")


@page("/wall", needs="inventory.read")
async def wall(visit: Visit) -> Shown:
    """Show all positions, for a screen on a wall."""
    positions = await visit.api(Live).positions()
    return visit.page("pages/wall.html", title="All positions", topics="sample", positions=positions)


@page("/wall/{code:str}", needs="inventory.read")
async def wall_run(visit: Visit, code: str) -> Shown:
    """Show one run, for a screen on a wall."""
    live = await visit.api(Live).run(code)
    run = await visit.api(Runs).run(code)
    return visit.page("pages/wall_run.html", title=run.code, topics="sample", run=run, live=live, **drawn(live))


ROUTES = [minutes, wall, wall_run]
