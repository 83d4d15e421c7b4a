"""How well forms are read: numbers with charts, what confidences mean, and what may be accepted unseen."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nanopore_tracking.contracts.api.ai import performance as api
from nanopore_tracking.drawing import charts
from nanopore_tracking.drawing.charts import Chart
from nanopore_tracking.kernel import errors, sheets
from nanopore_tracking.web.clients.form_performance import FormPerformance
from nanopore_tracking.web.pages.form_review import title
from nanopore_tracking.web.pages.settings_tabs import tabs
from nanopore_tracking.web.visit import Shown, Visit, action, page

_PATH = "/settings/forms/performance"
#: Days back that can be chosen.
_DAYS = (30, 90, 365)
#: Error rates that can be chosen for what is accepted unseen.
_RATES = (0.001, 0.005, 0.01, 0.02, 0.05)
_EVERY: tuple[api.By, ...] = ("week", "method", "version", "template", "field")
_GROUPS: tuple[tuple[api.By, str], ...] = (
    ("week", "By week"),
    ("method", "By method"),
    ("field", "By field"),
    ("template", "By template"),
    ("version", "By version of the reader"),
)
_NUMBERS = ("documents", "right", "wrong", "extra", "missing", "precision", "recall", "f1", "correction_rate")
_SEEN = ("automatic", "escaped")
_CORRECTION = (
    "decided_at",
    "decided_by",
    "filename",
    "field",
    "row_number",
    "read",
    "before",
    "after",
    "method",
    "confidence",
    "reader",
    "reader_version",
    "template",
    "template_version",
)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Numbers by one thing. chart: of those that go on over time, or of what is corrected most."""

    by: str
    title: str
    rows: Sequence[api.Performance]
    chart: Chart | None


@page(_PATH, needs="operations.read")
async def performance(visit: Visit) -> Shown:
    """Show how well forms are read."""
    return await _show(visit)


async def _show(visit: Visit, *, status: int = 200, problem: Any = None) -> Shown:
    client, days = visit.api(FormPerformance), _days(visit)
    reports = await asyncio.gather(*(client.report(days, by) for by, _ in _GROUPS))
    calibration = await client.calibration()
    seen = visit.can("documents.review")
    return visit.page(
        "pages/form_performance.html",
        title="How well forms are read",
        status=status,
        tabs=tabs(visit),
        days=days,
        options=_DAYS,
        rates=sorted({*_RATES, calibration.acceptance.error_rate or _RATES[0]}),
        calibration=calibration,
        fits=[(each, _reliability(each)) for each in calibration.units if each.said.count],
        definition=reports[0].definition,
        tables=[_table(by, name, found.items) for (by, name), found in zip(_GROUPS, reports, strict=True)],
        corrections=(await client.corrections()).items if seen else [],
        title_of=title,
        problem=problem,
    )


def _days(visit: Visit) -> int:
    said = visit.request.query_params.get("days", "90")
    return int(said) if said.isdecimal() and int(said) in _DAYS else 90


def _table(by: api.By, name: str, found: Sequence[api.Performance]) -> Table:
    chart = None
    if by == "week" and found:
        weeks = sorted({str(each.week) for each in found})
        chart = charts.bars(weeks, _counts(weeks, [(str(each.week), each) for each in found]), what="Values in a week")
    elif by == "method" and found:
        methods = sorted({str(each.method) for each in found})
        told = [(str(each.method), each) for each in found]
        chart = charts.bars(methods, _counts(methods, told), what="Values by how they were found")
    return Table(by=by, title=name, rows=found, chart=chart)


def _counts(names: Sequence[str], found: Sequence[tuple[str, api.Performance]]) -> list[tuple[str, list[int]]]:
    right = {name: sum(each.right for key, each in found if key == name) for name in names}
    changed = {
        name: sum(each.wrong + each.extra + each.missing for key, each in found if key == name) for name in names
    }
    return [("right", list(right.values())), ("corrected", list(changed.values()))]


def _reliability(fit: api.UnitCalibration) -> Chart:
    """Return the diagram of what readers say against what people found, in percent."""
    bins = fit.said.bins
    labels = [f"{each.low:.0%}–{each.high:.0%}" for each in bins]
    said, right = [round(100 * each.said) for each in bins], [round(100 * each.right) for each in bins]
    told = "; ".join(f"said {s} %, right {r} % of {each.count}" for s, r, each in zip(said, right, bins, strict=True))
    return replace(charts.bars(labels, [("said", said), ("right", right)], what=""), sentence=f"In percent: {told}.")


@page(f"{_PATH}/csv", needs="operations.read")
async def numbers_csv(visit: Visit) -> Shown:
    """Hand the numbers out, by week, method, version, template and field."""
    days = _days(visit)
    found = (await visit.api(FormPerformance).report(days, *_EVERY)).items
    names = (*_EVERY, "unit", *_NUMBERS, *_SEEN)
    rows = [[_plain(getattr(each, name)) for name in names] for each in found]
    return visit.file(sheets.csv_text([names, *rows]).encode(), sheets.CSV, f"form-reading-{days}-days.csv")


@page(f"{_PATH}/corrections", needs="documents.review")
async def corrections_csv(visit: Visit) -> Shown:
    """Hand every correction out: who, when, what was read and what counts since."""
    rows = [row async for part in _corrections(visit.api(FormPerformance)) for row in part]
    return visit.file(sheets.csv_text([_CORRECTION, *rows]).encode(), sheets.CSV, "form-corrections.csv")


async def _corrections(client: FormPerformance) -> AsyncIterator[list[list[Any]]]:
    after: str | None = None
    while True:
        found = await client.corrections(limit=200, after=after)
        yield [[_plain(getattr(each, name)) for name in _CORRECTION] for each in found.items]
        after = found.next
        if after is None:
            return


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else str(value)


@action(f"{_PATH}/acceptance", needs="templates.write")
async def accept(visit: Visit) -> Shown:
    """Say which share of what is accepted unseen may be wrong."""
    said = visit.form.get("error_rate", "")
    try:
        rate = float(said) if said else None
    except ValueError:
        raise errors.Invalid("An error rate is a number, such as 0.01. Nothing was changed.") from None
    try:
        made = await visit.api(FormPerformance).accept(rate, match=int(visit.form.get("version") or 0), key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Stale) as problem:
        return await _show(visit, status=422, problem=problem)
    if made.error_rate is None:
        return visit.go(_PATH, "Everything is looked at from now on")
    return visit.go(_PATH, f"Values are accepted unseen where at most {made.error_rate:.1%} of them are wrong")


ROUTES = [performance, numbers_csv, corrections_csv, accept]
