"""What pages about runs, samples and submissions show of what will probably come, and of how a run compares; as CSV."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from nanopore_tracking.contracts.api.sample.outlooks import Outlook
from nanopore_tracking.kernel import errors, sheets
from nanopore_tracking.web import prospects, words
from nanopore_tracking.web.clients.forecasts import Forecasts
from nanopore_tracking.web.visit import Shown, Visit, page

_YIELD = (
    "run", "product_code", "method", "minute", "given_gb", "half_life_h", "hours", "gb", "low_gb", "high_gb",
    "tried_runs", "tried_windows", "coverage", "error", "baseline_error", "loss_gb", "baseline_loss_gb", "tried_at",
    "sentence",
)  # fmt: skip
_TRAITS = ("name", "title", "unit", "value", "median", "n", "z", "odd", "sentence")
_TRIED = ("forecasts", "by_half", "by_most", "loss_h", "baseline_loss_h", "better")
_OUTLOOK = ("service_type", "half_at", "most_at", "n", "needed", "by_queue", "made_at")


async def of_run(visit: Visit, code: str) -> dict[str, Any]:
    """Return the forecast of a run and its comparison, each with its chart."""
    client = visit.api(Forecasts)
    forecast, comparison = await client.of_run(code), await client.comparison(code)
    return {
        "forecast": forecast,
        "forecast_chart": prospects.yields(forecast),
        "comparison": comparison,
        "comparison_chart": prospects.deviations(comparison.traits),
    }


async def of_sample(visit: Visit, code: str) -> dict[str, Any]:
    """Return the outlook of a sample with its chart."""
    found = await visit.api(Forecasts).of_sample(code)
    return {"outlook": found, "outlook_chart": _dates([(words.stage_title(found.stage), found)])}


async def of_submission(visit: Visit, code: str) -> dict[str, Any]:
    """Return the outlooks of a submission's open samples with their chart; none where there are none."""
    try:
        found = (await visit.api(Forecasts).of_submission(code)).stages
    except errors.NotFound:
        found = []
    return {
        "outlooks": found,
        "outlook_chart": _dates([(words.stage_title(each.stage), each.outlook) for each in found]),
    }


def _dates(found: Sequence[tuple[str, Outlook]]) -> prospects.Strip | None:
    return prospects.dates(found, datetime.now(UTC))


@page("/runs/{code:str}/forecast/csv", needs="inventory.read")
async def forecast_csv(visit: Visit, code: str) -> Shown:
    """Hand out what a run will give, a row for each horizon, with how such forecasts did; or why nothing is said."""
    found = await visit.api(Forecasts).of_run(code)
    tried = {each.hours: each for each in found.backtest.horizons} if found.backtest else {}
    head = [found.run, found.product_code, found.method, found.minute, found.given_gb, found.half_life_h]
    rows = []
    for each in found.horizons:
        past = tried.get(each.hours)
        told = _values(past, ("windows", "coverage", "error", "baseline_error", "loss_gb", "baseline_loss_gb"))
        known = (found.backtest.runs, found.backtest.made_at) if found.backtest and past else (None, None)
        ahead = [each.hours, each.gb, each.low_gb, each.high_gb]
        rows.append([*head, *ahead, known[0], *told, _plain(known[1]), found.sentence])
    silent = [*head, *[None] * (len(_YIELD) - len(head) - 1), found.sentence]
    return _file(visit, [_YIELD, *(rows or [silent])], f"{found.run}_forecast.csv")


@page("/runs/{code:str}/comparison/csv", needs="inventory.read")
async def comparison_csv(visit: Visit, code: str) -> Shown:
    """Hand out how the figures of a run lie among those before it; why not, where nothing is said."""
    found = await visit.api(Forecasts).comparison(code)
    rows = [[found.run, *_values(each, _TRAITS)] for each in found.traits]
    silent = [found.run, *[None] * (len(_TRAITS) - 1), found.sentence]
    return _file(visit, [("run", *_TRAITS), *(rows or [silent])], f"{found.run}_comparison.csv")


@page("/samples/{code:str}/outlook/csv", needs="samples.read")
async def sample_csv(visit: Visit, code: str) -> Shown:
    """Hand out until when a sample will probably be delivered, and how such forecasts did."""
    found = await visit.api(Forecasts).of_sample(code)
    head = ("sample", "stage", *_OUTLOOK, *(f"tried_{name}" for name in _TRIED), "sentence")
    return _file(visit, [head, [code, found.stage, *_outlook(found)]], f"{code}_outlook.csv")


@page("/submissions/{code:str}/outlook/csv", needs="submissions.read")
async def submission_csv(visit: Visit, code: str) -> Shown:
    """Hand out until when the open samples of a submission will probably be delivered, a row for each stage."""
    found = (await visit.api(Forecasts).of_submission(code)).stages
    head = ("submission", "samples", "stage", *_OUTLOOK, *(f"tried_{name}" for name in _TRIED), "sentence")
    rows = [[code, each.samples, each.stage, *_outlook(each.outlook)] for each in found]
    return _file(visit, [head, *rows], f"{code}_outlook.csv")


def _outlook(found: Outlook) -> list[Any]:
    return [*_values(found, _OUTLOOK), *_values(found.backtest, _TRIED), found.sentence]


def _values(found: Any, names: Sequence[str]) -> list[Any]:
    return [None if found is None else _plain(getattr(found, name)) for name in names]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return str(value).lower() if isinstance(value, bool) else value


def _file(visit: Visit, rows: Sequence[Sequence[Any]], name: str) -> Shown:
    return visit.file(sheets.csv_text(rows).encode(), sheets.CSV, name)


ROUTES = [forecast_csv, comparison_csv, sample_csv, submission_csv]
