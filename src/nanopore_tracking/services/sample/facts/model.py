"""What a sample is judged by at a gate, how requirements and limits are worded, and how amounts are computed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from nanopore_tracking.contracts.api.sample.custody import Condition
from nanopore_tracking.contracts.api.sample.measurements import Quantity, Subject
from nanopore_tracking.contracts.api.sample.records import NewBasecalling, NewDecision, NewRun
from nanopore_tracking.contracts.api.sample.stages import Requirement
from nanopore_tracking.services.sample.catalogue.model import Catalogue, Threshold, figure
from nanopore_tracking.services.sample.libraries.model import Present
from nanopore_tracking.services.sample.records.model import Handover, LoadingBefore
from nanopore_tracking.services.sample.runs.model import RunOfSample
from nanopore_tracking.services.sample.samples.model import Sample

Fulfiller = Literal[
    "custody",
    "measurement",
    "library",
    "planned_run",
    "run",
    "basecalling",
    "decision",
    "delivery",
    "charge",
    "finding",
]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that a gate is judged by.

    condition: the last one that custody states, None where none was stated; readings: the accepted measurements of the
    sample, its present library and its pool, by subject and quantity; library: the one that counts; planned: the latest
    run of it or of its pool; the records are those that count, the decision only where it was made at the present
    stage; loading: of before runs were planned, and alias_taken: another sample was recorded in its experiment under
    the same alias; charge_fault: why the work cannot be charged, blank where it can, None where that was not asked;
    too_warm: excursions of which nobody has judged what they mean for it.
    """

    sample: Sample
    now: datetime
    catalogue: Catalogue = field(default_factory=Catalogue)
    received: bool = False
    condition: Condition | None = None
    readings: Mapping[tuple[Subject, Quantity], float] = field(default_factory=dict)
    library: Present | None = None
    planned: RunOfSample | None = None
    loading: LoadingBefore | None = None
    run: NewRun | None = None
    basecalling: NewBasecalling | None = None
    decision: NewDecision | None = None
    delivery: Handover | None = None
    alias_taken: bool = False
    charge_fault: str | None = None
    too_warm: Sequence[str] = ()

    @property
    def shares(self) -> int:
        """Among how many libraries the amount that is loaded is divided."""
        return self.library.pool_libraries if self.library else 1

    @property
    def waived(self) -> bool:
        """Whether a person decided to go on outside the limits."""
        return self.decision is not None and self.decision.verdict in ("conditional", "accept_as_is")

    def reading(self, subject: Subject, *quantities: Quantity) -> float | None:
        """Return the accepted value of the first of these quantities that was measured."""
        found = (self.readings.get((subject, quantity)) for quantity in quantities)
        return next((value for value in found if value is not None), None)


def need(code: str, by: Fulfiller, *, met: bool, message: str, how: str) -> Requirement:
    """Return a requirement; message: what there is, how: what to do about it where it is not met."""
    return Requirement(code=code, message=message, how=how, fulfilled_by=by, met=met)


def limits(
    facts: Facts, gate: str, values: Mapping[str, float | None], *, fragment_bp: float | None, shares: int = 1
) -> Iterator[Requirement]:
    """Return a requirement for each limit of the catalogue at this gate whose value is known.

    values: by the quantity's name in the catalogue; shares: among how many libraries an amount is divided.
    """
    found = facts.catalogue.limits(
        (gate,), material=facts.sample.substance, service_type=facts.sample.service_type, fragment_bp=fragment_bp
    )
    for threshold in found:
        value = values.get(threshold.quantity)
        if value is not None:
            yield _limit(facts, threshold, value * shares, shares=shares)


def _limit(facts: Facts, threshold: Threshold, value: float, *, shares: int) -> Requirement:
    unit = f" {threshold.unit}" if threshold.unit else ""
    within = threshold.holds(value)
    pooled = f" for {shares} libraries like this one" if shares > 1 else ""
    message = (
        f"{threshold.name} is {figure(threshold.quantity, value)}{unit}{pooled}; {_wanted(threshold, unit)} is wanted."
    )
    if not within and facts.waived:
        message += f" A person decided to go on: {facts.decision.reason.strip()}" if facts.decision else ""
    return Requirement(
        code=f"limit-{threshold.code}",
        message=message,
        how="Measure again, or decide `conditional` with the reason and who agreed.",
        fulfilled_by="decision",
        met=within or facts.waived,
        severity=threshold.severity,
    )


def _wanted(threshold: Threshold, unit: str) -> str:
    limits_ = (threshold.min, threshold.max)
    least, most = (None if value is None else figure(threshold.quantity, value) for value in limits_)
    if most is None:
        return f"at least {least}{unit}"
    if least is None:
        return f"at most {most}{unit}"
    return f"{least} to {most}{unit}"


def warmth_judged(facts: Facts) -> Iterator[Requirement]:
    """Return that it is to be judged what each excursion means for the sample, where it is not."""
    for what in facts.too_warm:
        yield need(
            "excursion",
            "finding",
            met=False,
            message=f"The tube was too warm and nobody has judged what that means: {what}.",
            how="Judge the finding, with the reason.",
        )


def not_stopped(facts: Facts) -> Iterator[Requirement]:
    """Return the requirement that nobody decided against going on, where somebody did."""
    decision = facts.decision
    if decision is not None and decision.verdict in ("fail", "top_up"):
        yield need(
            "decision",
            "decision",
            met=False,
            message=f"A person decided {decision.verdict.replace('_', ' ')}: {decision.reason.strip()}",
            how="Take the sample out or back, or record another decision.",
        )
