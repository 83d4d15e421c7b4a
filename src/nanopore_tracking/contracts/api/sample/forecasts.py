"""What a run will give if nothing is done, and how a run compares with those before it."""

from datetime import datetime
from typing import Literal

from nanopore_tracking.contracts.api.base import Answer

#: decay: fitted since the last reload, with bands; persistence: the last hour goes on; none: nothing can be said.
YieldMethod = Literal["decay", "persistence", "none"]
TraitName = Literal["yield", "occupancy", "speed", "quality"]


class YieldHorizon(Answer, frozen=True, kw_only=True):
    """Gigabases within the next hours. low_gb and high_gb: eight of ten runs stay between; None without a band."""

    hours: int
    gb: float
    low_gb: float | None
    high_gb: float | None


class YieldPoint(Answer, frozen=True, kw_only=True):
    """All gigabases that a run had given until a minute of it."""

    minute: int
    gb: float


class HorizonBacktest(Answer, frozen=True, kw_only=True):
    """How the forecasts of one horizon did on finished runs, each with the bands of all other runs.

    windows: forecasts that were made; coverage: share of what came that was within the band (0.8 is wanted); loss_gb
    and baseline_loss_gb: the mean pinball loss at the median, in gigabases, of the decay and of persistence; error and
    baseline_error: the median of the absolute error over what came.
    """

    hours: int
    windows: int
    coverage: float
    loss_gb: float
    baseline_loss_gb: float
    error: float
    baseline_error: float


class YieldBacktest(Answer, frozen=True, kw_only=True):
    """How forecasts did on the finished runs of a type of flow cell. better: it loses less than persistence does."""

    product_code: str
    runs: int
    better: bool
    horizons: list[HorizonBacktest]
    made_at: datetime


class YieldForecast(Answer, frozen=True, kw_only=True):
    """What a run will give if nothing is done.

    minute: of the run, to which it is known; given_gb: all bases until then; ended: the acquisition is over, so that
    the figures say what it would have given; half_life_h: of the fitted decay; reload_minute: since which it is fitted;
    runs_known: finished runs of the type of flow cell that have been looked at, of runs_needed for bands;
    course: what it gave so far, at most 60 points of what was read.
    """

    run: str
    method: YieldMethod
    sentence: str
    minute: int | None
    given_gb: float | None
    ended: bool
    half_life_h: float | None
    reload_minute: int | None
    horizons: list[YieldHorizon]
    backtest: YieldBacktest | None
    product_code: str
    runs_known: int
    runs_needed: int
    course: list[YieldPoint] = []


class RunTrait(Answer, frozen=True, kw_only=True):
    """A figure of a run against those before it.

    value: of this run; median and n: of the others; z: how many robust standard deviations (1.4826 · MAD) it lies from
    the median; odd: more than 3.5 of them. median and z are None where the others are too few or all alike.
    """

    name: TraitName
    title: str
    unit: str
    value: float
    median: float | None
    n: int
    z: float | None
    odd: bool
    sentence: str


class RunComparison(Answer, frozen=True, kw_only=True):
    """How a run compares with the finished runs before it with the same kits on the same type of flow cell."""

    run: str
    sentence: str
    needed: int
    traits: list[RunTrait]
