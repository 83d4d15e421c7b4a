"""Which figures of a run lie far from those of the runs before it: median and MAD, nothing that has to be trained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from nanopore_tracking.contracts.api.sample.forecasts import RunComparison, RunTrait, TraitName
from nanopore_tracking.counting import counted

#: Other runs below which a figure is compared with nothing.
LEAST_RUNS = 15
#: Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993): |0.6745 (x - median) / MAD| > 3.5.
ODD_Z = 3.5
_NORMAL = 0.6745
#: Fewer others than these are looked at, the latest.
MOST_RUNS = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """A figure that runs are compared by. digits: after the point."""

    title: str
    unit: str
    digits: int


KINDS: dict[TraitName, Kind] = {
    "yield": Kind("Yield of a healthy pore", "Mb per pore and hour", 2),
    "occupancy": Kind("Occupancy", "%", 1),
    "speed": Kind("Translocation speed", "bases per second", 0),
    "quality": Kind("Mean Q", "", 1),
}


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A run and those that it is compared with. figures and others: by name, what is not known left out."""

    code: str
    kits: Sequence[str]
    product_code: str
    figures: Mapping[TraitName, float]
    others: Mapping[TraitName, Sequence[float]]


def compare(run: Compared) -> RunComparison:
    """Return each known figure of a run against the others."""
    traits = [
        trait(name, run.figures[name], run.others.get(name, ())) for name in KINDS if run.figures.get(name) is not None
    ]
    return RunComparison(run=run.code, sentence=_sentence(run, traits), needed=LEAST_RUNS, traits=traits)


def trait(name: TraitName, value: float, others: Sequence[float]) -> RunTrait:
    """Return one figure against the others."""
    kind, many = KINDS[name], len(others)
    middle = median(others) if many >= LEAST_RUNS else None
    spread = median(abs(each - middle) for each in others) if middle is not None else 0.0
    z = _NORMAL * (value - middle) / spread if middle is not None and spread > 0 else None
    odd = z is not None and abs(z) > ODD_Z
    said = f"{kind.title}: {_figure(value, kind)}"
    if middle is None:
        before = counted(many, "run before it says", "runs before it say")
        sentence = f"{said}. {before} that; {LEAST_RUNS} are needed to compare."
    elif z is None:
        alike = f"At least half of the other {many} have exactly {_figure(middle, kind)}"
        sentence = f"{said}. {alike}; how far is too far cannot be said."
    else:
        where = f"{'above' if z > 0 else 'below'} the {_figure(middle, kind)} that is the median of {many} runs"
        sentence = f"{said}, {abs(z):.1f} robust deviations {where}."
    return RunTrait(
        name=name, title=kind.title, unit=kind.unit, value=value, median=middle, n=many,
        z=round(z, 2) if z is not None else None, odd=odd, sentence=sentence,
    )  # fmt: skip


def _figure(value: float, kind: Kind) -> str:
    return f"{value:,.{kind.digits}f}{' ' if kind.unit else ''}{kind.unit}"


def _sentence(run: Compared, traits: Sequence[RunTrait]) -> str:
    if not traits:
        return "Nothing that was read of its folder can be compared."
    like = f"finished runs with {', '.join(run.kits)} on {run.product_code}"
    if all(each.median is None for each in traits):
        return f"There are too few {like} to compare with; each figure needs {LEAST_RUNS}."
    odd = sum(each.odd for each in traits)
    far = f"{odd} of {len(traits)} figures lie" if odd > 1 else "One figure lies" if odd else "No figure lies"
    return f"{far} far from the {like}: more than {ODD_Z} robust deviations from their median."
