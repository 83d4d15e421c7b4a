"""How forecasts of a yield did on finished runs, and what may be said of a run by that."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean, median

from nanopore_tracking.contracts.api.sample.forecasts import (
    HorizonBacktest,
    YieldBacktest,
    YieldForecast,
    YieldMethod,
    YieldPoint,
)
from nanopore_tracking.services.sample.decays import model as decays
from nanopore_tracking.services.sample.decays.model import HORIZONS_H, Course

#: Finished runs of a type of flow cell below which no band is shown.
LEAST_RUNS = 20
#: The first forecast of a run is made after so many minutes, and one more after each further so many.
_EVERY_MIN = 240
#: Points of a course that are shown.
_MOST_POINTS = 60
#: What came is at least this part of what was forecast, so that a run that stopped has a logarithm.
_LEAST_PART = 1e-3
#: Quantiles of a band: eight of ten lie within.
_LOW, _HIGH = 0.1, 0.9
_SILENT = "Nothing can be said yet: "


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """A forecast that can be looked at afterwards, in gigabases. error: logarithm of what came over the decay's."""

    run: int
    came: float
    decay: float
    persistence: float
    error: float


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a backtest leaves. errors: rising, of each horizon in hours; runs: how many gave at least one forecast."""

    runs: int
    errors: Mapping[int, Sequence[float]] = field(default_factory=dict)
    horizons: Sequence[HorizonBacktest] = ()

    def better(self) -> bool:
        """Tell whether the decay loses less than persistence does, at each horizon."""
        return bool(self.horizons) and all(each.loss_gb < each.baseline_loss_gb for each in self.horizons)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a run's course. code: of the run; known: None where nothing of it was read."""

    code: str
    product_code: str
    known: Course | None
    ended: bool


def windows(courses: Sequence[Course], hours: int) -> list[Window]:
    """Return the forecasts that can be made of finished runs; those in which something was loaded are left out."""
    return [each for run, known in enumerate(courses) for each in _of_run(run, known, hours)]


def _of_run(run: int, known: Course, hours: int) -> Iterator[Window]:
    at = float(_EVERY_MIN)
    while at + hours * 60 <= known.end:
        end = at + hours * 60
        if decays.enough(known, at) and not any(at <= each < end for each in known.reloads):
            made = decays.ahead(known, hours, at=at)
            came = known.until(end) - known.until(at)
            plain = decays.persistence(known, at, hours)
            if made > 0:
                error = decays.log_error(max(came, _LEAST_PART * made), made)
                yield Window(run=run, came=came, decay=made, persistence=plain, error=error)
        at += _EVERY_MIN


def backtest(courses: Sequence[Course]) -> Found:
    """Return how forecasts did on finished runs; each is judged by the errors of all other runs, never by its own."""
    errors: dict[int, Sequence[float]] = {}
    horizons: list[HorizonBacktest] = []
    runs = 0
    for hours in HORIZONS_H:
        made = windows(courses, hours)
        counted = len({each.run for each in made})
        runs = max(runs, counted)
        if counted < LEAST_RUNS:
            continue
        errors[hours] = sorted(each.error for each in made)
        horizons.append(_judged(made, hours))
    return Found(runs=runs, errors=errors, horizons=horizons)


def _judged(made: Sequence[Window], hours: int) -> HorizonBacktest:
    within: list[bool] = []
    losses: list[float] = []
    misses: list[float] = []
    rising = sorted(made, key=lambda each: each.error)
    for run in sorted({each.run for each in made}):
        others = [each.error for each in rising if each.run != run]
        low, middle, high = (decays.quantile(others, share) for share in (_LOW, 0.5, _HIGH))
        for each in (one for one in made if one.run == run):
            within.append(low <= each.error <= high)
            said = decays.shifted(each.decay, middle)
            losses.append(_loss(each.came, said))
            misses.append(_miss(each.came, said))
    return HorizonBacktest(
        hours=hours,
        windows=len(made),
        coverage=round(fmean(within), 4),
        loss_gb=round(fmean(losses), 4),
        baseline_loss_gb=round(fmean(_loss(each.came, each.persistence) for each in made), 4),
        error=round(median(misses), 4),
        baseline_error=round(median(_miss(each.came, each.persistence) for each in made), 4),
    )


def _loss(came: float, said: float) -> float:
    """Return the pinball loss at the median: half of the absolute error."""
    return abs(came - said) / 2


def _miss(came: float, said: float) -> float:
    return abs(came - said) / came if came > 0 else 1.0


def forecast(run: Known, found: Found | None, *, made_at: datetime | None) -> YieldForecast:
    """Return what may be said of a run. found and made_at: of the backtest of its type of flow cell, None for none."""
    known = run.known
    method = _method(known, found)
    horizons = []
    if known is not None and method != "none":
        errors = found.errors if found and method == "decay" else {}
        horizons = [decays.horizon(known, hours, errors.get(hours, ())) for hours in HORIZONS_H]
    fitted = decays.decay(known, known.end) if known is not None and method == "decay" else None
    half_life = fitted.half_life_h if fitted else None
    reload_minute = round(known.began(known.end)) if known is not None else 0
    return YieldForecast(
        run=run.code,
        method=method,
        sentence=_sentence(run, found, method),
        minute=round(known.end) if known is not None else None,
        given_gb=round(known.gb[-1], 4) if known is not None and known.gb else None,
        ended=run.ended,
        half_life_h=round(half_life, 1) if half_life is not None else None,
        reload_minute=reload_minute or None,
        horizons=horizons,
        backtest=_shown(run, found, made_at) if method != "none" else None,
        product_code=run.product_code,
        runs_known=found.runs if found else 0,
        runs_needed=LEAST_RUNS,
        course=_points(known) if known is not None else [],
    )


def _points(known: Course) -> list[YieldPoint]:
    """Return some points of a course, evenly, and its last one."""
    every = -(-len(known.minutes) // _MOST_POINTS) or 1
    points = list(zip(known.minutes, known.gb, strict=True))
    return [YieldPoint(minute=round(minute), gb=round(gb, 4)) for minute, gb in points[::-1][::every][::-1]]


def _method(known: Course | None, found: Found | None) -> YieldMethod:
    if known is None or not decays.enough(known):
        return "none"
    whole = found is not None and set(found.errors) == set(HORIZONS_H)
    return "decay" if whole and found is not None and found.better() else "persistence"


def _sentence(run: Known, found: Found | None, method: YieldMethod) -> str:
    if run.known is None or not run.known.minutes:
        return f"{_SILENT}nothing that was read of its folder says when its reads came."
    if method == "none":
        return f"{_SILENT}it takes two hours of reads since the start or the last reload."
    over = "The acquisition is over; this is what it would have given had it gone on. " if run.ended else ""
    if method == "decay":
        return f"{over}If nothing is done: no reload, no wash, no stop."
    many = found.runs if found else 0
    if found is not None and found.errors and not found.better():
        return (
            f"{over}The last hour goes on: on {many} finished runs of {run.product_code} the fitted decay was no "
            "better, so that it is not shown."
        )
    return (
        f"{over}The last hour goes on, which usually says too much. A fitted decay with bands is shown once "
        f"{LEAST_RUNS} finished runs of {run.product_code} are long enough to be looked at; there are {many}."
    )


def _shown(run: Known, found: Found | None, made_at: datetime | None) -> YieldBacktest | None:
    if found is None or made_at is None or not found.horizons:
        return None
    return YieldBacktest(
        product_code=run.product_code,
        runs=found.runs,
        better=found.better(),
        horizons=list(found.horizons),
        made_at=made_at,
    )
