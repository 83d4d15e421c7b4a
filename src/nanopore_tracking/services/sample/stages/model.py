"""The one table of stages: which follows which through which gate, which ways lead back, out and on hold."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn, get_args

from nanopore_tracking.contracts.api.sample.samples import Exit, Stage, Status
from nanopore_tracking.contracts.api.sample.stages import Direction, Gate, Requirement, Target, Way
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.bench_gates import model as bench
from nanopore_tracking.services.sample.facts.model import Facts, warmth_judged
from nanopore_tracking.services.sample.overrides import model as overrides
from nanopore_tracking.services.sample.run_gates import model as runs
from nanopore_tracking.services.sample.samples.model import Sample

#: The stages in their order.
STAGES: tuple[Stage, ...] = get_args(Stage)

#: What must be so before a sample goes on from a stage to the next one; from `archived` none follows.
GATES: Mapping[Stage, Callable[[Facts], Iterable[Requirement]]] = {
    "expected": bench.expected,
    "received": bench.received,
    "sample_qc": bench.sample_qc,
    "library_prep": bench.library_prep,
    "library_qc": bench.library_qc,
    "sequencing_setup": runs.sequencing_setup,
    "sequencing_run": runs.sequencing_run,
    "basecalling": runs.basecalling,
    "quality_assessment": runs.quality_assessment,
    "data_delivery": runs.data_delivery,
    "delivered": runs.delivered,
}

#: Work that is done again.
BACK: Mapping[Stage, tuple[Stage, ...]] = {
    "sample_qc": ("received",),
    "library_prep": ("sample_qc",),
    "library_qc": ("library_prep",),
    "sequencing_setup": ("library_qc", "library_prep"),
    "sequencing_run": ("sequencing_setup",),
    "basecalling": ("sequencing_setup",),
    "quality_assessment": ("basecalling", "sequencing_setup", "library_prep"),
    "data_delivery": ("quality_assessment",),
    "delivered": ("data_delivery",),
}

_PHYSICAL: tuple[Stage, ...] = ("received", "sample_qc", "library_prep", "library_qc", "sequencing_setup")
_OPEN: tuple[Stage, ...] = STAGES[: STAGES.index("delivered")]
#: The status that an exit leads to, and the stages from which it does.
EXITS: Mapping[Exit, tuple[Status, tuple[Stage, ...]]] = {
    "never_arrived": ("cancelled", ("expected",)),
    "damaged": ("failed", _PHYSICAL),
    "failed": ("failed", _OPEN),
    "cancelled": ("cancelled", _OPEN),
}
#: Stages that no sample leaves whose tube was too warm while nobody has judged what that means.
_WARMTH_MATTERS: tuple[Stage, ...] = STAGES[STAGES.index("library_qc") :]
#: Work that stopped for good.
_FINAL: Exit = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a gate found. figures: what was computed for it, by name with the unit, and how."""

    requirements: tuple[Requirement, ...] = ()
    figures: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def missing(self) -> list[Requirement]:
        """The requirements that stop the sample."""
        return [found for found in self.requirements if not found.met and found.severity == "fail"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A transition that is asked for.

    may_override: who asks has the permission to pass over what is missing; asked_by: who asked for the override that
    whoever acts now confirms as the second person, blank where nobody else did.
    """

    to: Target
    reason: str
    override: bool
    may_override: bool
    asked_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A transition that is allowed, and what it was judged by.

    missing: the requirements that an override passes over; asked_by: as in `Asked`.
    """

    sample: Sample
    way: Way
    reason: str
    missing: Sequence[Requirement]
    figures: Mapping[str, float | str]
    catalogue_versions: Mapping[str, int]
    asked_by: str = ""


def following(stage: Stage) -> Stage | None:
    """Return the stage that follows, None after the last one."""
    return STAGES[STAGES.index(stage) + 1] if stage in GATES else None


def ways(stage: Stage, status: Status, exit: Exit | None) -> list[Way]:
    """Return every transition that may be asked for of a sample in such a state."""
    found: list[Way] = []
    if status in ("queued", "active", "done"):
        after = following(stage)
        found += [_way(after, "on")] if after else []
        found += [_way(back, "back") for back in BACK.get(stage, ())]
    if status in ("queued", "active", "on_hold"):
        found += [_way("resumed", "resume")] if status == "on_hold" else [_way("on_hold", "hold")]
        found += [_way(out, "out") for out, (_, stages) in EXITS.items() if stage in stages]
    elif exit is not None and exit != _FINAL:
        found.append(Way(to="resumed", direction="resume", needs_reason=True))
    return found


def _way(to: Target, direction: Direction) -> Way:
    return Way(to=to, direction=direction, needs_reason=direction not in ("on", "resume"))


def pass_gate(facts: Facts) -> Outcome:
    """Judge whether the sample may go on from its stage to the next one."""
    check = GATES.get(facts.sample.stage)
    if check is None:
        return Outcome()
    figures = bench.figures(facts) if facts.sample.stage in ("library_qc", "sequencing_setup") else {}
    judged = warmth_judged(facts) if facts.sample.stage in _WARMTH_MATTERS else ()
    return Outcome(requirements=(*check(facts), *judged), figures=figures)


def decide(sample: Sample, asked: Asked, outcome: Outcome) -> tuple[Way, list[Requirement]]:
    """Return the way that the sample takes and the requirements that an override passes over.

    outcome: of the gate of the present stage. Conflict `not-allowed` where no such way leads from here, and
    `gate-not-met` where requirements are missing; Invalid without a reason that is needed; Forbidden for an override
    by somebody who may not.
    """
    allowed = ways(sample.stage, sample.status, sample.exit)
    way = next((way for way in allowed if way.to == asked.to), None)
    if way is None:
        _refuse_way(sample, asked.to, allowed=allowed)
    missing = outcome.missing if way.direction == "on" else []
    if missing and not asked.override:
        _refuse_gate(sample, asked.to, allowed=allowed, missing=missing)
    if missing and not asked.may_override:
        message = "Only a facility manager passes over missing requirements. Nothing was changed."
        raise errors.Forbidden(message, missing=told(missing))
    if (missing or way.needs_reason) and not asked.reason:
        message = "Say why; this goes into the history."
        field = errors.FieldError("reason", message)
        raise errors.Invalid(f"This needs a reason. Nothing was changed. {message}", fields=[field])
    return way, missing


def step(facts: Facts, asked: Asked, *, second: bool = False) -> Step:
    """Return the step that a sample takes, judged by its facts; what is raised is as of `decide`.

    second: the facility wants a second person for an override; SecondPerson where none confirmed it yet.
    """
    outcome = pass_gate(facts)
    way, missing = decide(facts.sample, asked, outcome)
    if missing and second and not asked.asked_by:
        raise overrides.wait(f"The sample {facts.sample.code} goes on to {_read(asked.to)}", told(missing))
    return Step(
        sample=facts.sample,
        way=way,
        reason=asked.reason,
        missing=missing,
        figures=outcome.figures,
        catalogue_versions=facts.catalogue.versions,
        asked_by=asked.asked_by if missing else "",
    )


def _refuse_way(sample: Sample, to: str, *, allowed: list[Way]) -> NoReturn:
    state = f"at {_read(sample.stage)} and {_read(sample.status)}"
    names = [way.to for way in allowed]
    can = f"It can go to {', '.join(map(_read, names))}." if names else "It cannot be moved any more."
    raise errors.Conflict(
        f"The sample {sample.code} is {state} and cannot go to {_read(to)}. Nothing was changed. {can}",
        type="not-allowed",
        allowed=names,
        missing=[],
        stage=sample.stage,
        status_now=sample.status,
    )


def _read(code: str) -> str:
    """Return a code as it is read in a sentence."""
    return code.replace("_", " ").replace("qc", "QC")


def _refuse_gate(sample: Sample, to: str, *, allowed: list[Way], missing: list[Requirement]) -> NoReturn:
    said = " ".join(found.message for found in missing)
    raise errors.Conflict(
        f"The sample {sample.code} cannot go on to {_read(to)} yet. {said} Nothing was changed.",
        type="gate-not-met",
        allowed=[way.to for way in allowed],
        missing=told(missing),
        stage=sample.stage,
        status_now=sample.status,
    )


def told(missing: Iterable[Requirement]) -> list[dict[str, str]]:
    """Return requirements as a refusal names them."""
    return [
        {
            "code": found.code,
            "message": found.message,
            "how": found.how,
            "fulfilled_by": found.fulfilled_by,
        }
        for found in missing
    ]


def moved(sample: Sample, way: Way, *, reason: str, at: datetime) -> dict[str, Any]:
    """Return stage, status and what belongs to them after a transition."""
    after: dict[str, Any] = {
        "stage": sample.stage,
        "status": sample.status,
        "exit": None,
        "status_reason": "",
        "resumes_as": None,
        "stage_entered_at": sample.stage_entered_at,
    }
    if way.direction in ("on", "back"):
        status = "done" if way.to in ("delivered", "archived") else "queued"
        return after | {"stage": way.to, "status": status, "stage_entered_at": at}
    if way.direction == "hold":
        return after | {"status": "on_hold", "status_reason": reason, "resumes_as": sample.status}
    if way.direction == "resume":
        return after | {"status": sample.resumes_as or "queued"}
    status = EXITS[way.to][0]  # type: ignore[index]
    return after | {"status": status, "exit": way.to, "status_reason": reason}


def superseded(way: Way) -> tuple[Stage, ...]:
    """Return the stages whose records do not count any more after a way back: that stage and all after it."""
    return STAGES[STAGES.index(way.to) :] if way.direction == "back" else ()


def gate(sample: Sample, outcome: Outcome, catalogue_versions: Mapping[str, int]) -> Gate:
    """Return what a sample needs to go on, as it is shown."""
    allowed = ways(sample.stage, sample.status, sample.exit)
    on = any(way.direction == "on" for way in allowed)
    return Gate(
        sample_id=sample.id,
        code=sample.code,
        stage=sample.stage,
        status=sample.status,
        to=following(sample.stage) if on else None,
        met=on and not outcome.missing,
        requirements=list(outcome.requirements),
        ways=allowed,
        figures=dict(outcome.figures),
        catalogue_versions=dict(catalogue_versions),
        version=sample.version,
    )
