"""How a library or a pool goes from state to state through gates, and how amounts are computed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

from nanopore_tracking.contracts.api.sample.chain import StepGate, StepWay, Want
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.overrides import model as overrides
from nanopore_tracking.services.sample.overrides.model import Override

#: Grams of one mole of a base pair.
BASE_PAIR_G_PER_MOL = 660
FORMULA = "fmol = ng × 1,000,000 / (660 × bp)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A way from one state to another, and the gate that judges what there is; reason: it needs one."""

    to: str
    gate: Callable[[Any], Iterable[Want]]
    reason: bool = False


#: state → the ways that lead from it; what is not in it is refused, whoever asks and by whatever entry.
Table = Mapping[str, tuple[Way, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A transition that is asked for.

    may_override: who asks has the permission to pass over what is missing; second: the facility wants a second person
    for that; confirms: the override that whoever acts now confirms as the second person.
    """

    to: str
    reason: str = ""
    override: bool = False
    may_override: bool = False
    second: bool = False
    confirms: Override | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stands:
    """What stands in a state. noun: `library` or `pool`."""

    noun: str
    id: UUID
    code: str
    state: str
    version: int


def nothing(_facts: Any) -> Iterable[Want]:
    """Want nothing: the gate of a way that only needs its reason."""
    return ()


def want(code: str, *, met: bool, message: str, how: str, firm: bool = False) -> Want:
    """Return a requirement; message: what there is, how: what to do about it; firm: no override passes over it."""
    return Want(code=code, message=message, how=how, met=met, firm=firm)


def warn(code: str, *, met: bool, message: str, how: str) -> Want:
    """Return a requirement that is only shown where it is not met."""
    return Want(code=code, message=message, how=how, met=met, severity="warn")


def gate(thing: Stands, table: Table, facts: Any) -> StepGate:
    """Return where a library or a pool may go, and what each way needs, as it is shown."""
    ways = []
    for way in table[thing.state]:
        wants = list(way.gate(facts))
        ways.append(StepWay(to=way.to, needs_reason=way.reason, met=not _missing(wants), wants=wants))
    return StepGate(id=thing.id, code=thing.code, state=thing.state, ways=ways, version=thing.version)


def decide(thing: Stands, asked: Asked, *, table: Table, facts: Any) -> list[str]:
    """Return the codes of the requirements that an override passes over, none without one.

    Conflict `not-allowed` where no such way leads from here, and `gate-not-met` where requirements are missing; Invalid
    without a reason that is needed; Forbidden for an override by somebody who may not; SecondPerson for one that nobody
    else confirmed yet, where that is wanted.
    """
    ways = table[thing.state]
    way = next((way for way in ways if way.to == asked.to), None)
    if way is None:
        _refuse_way(thing, asked.to, [way.to for way in ways])
    missing = _missing(way.gate(facts))
    if asked.confirms is not None:
        overrides.still(asked.confirms, state=thing.state, version=thing.version, missing=_told(missing))
    if missing and (not asked.override or any(found.firm for found in missing)):
        _refuse_gate(thing, asked.to, missing)
    if missing and not asked.may_override:
        message = "Only a facility manager passes over missing requirements. Nothing was changed."
        raise errors.Forbidden(message, missing=_told(missing))
    if (missing or way.reason) and not asked.reason.strip():
        message = "Say why; this goes into the history."
        field = errors.FieldError("reason", message)
        raise errors.Invalid(f"This needs a reason. Nothing was changed. {message}", fields=[field])
    if missing and asked.second and asked.confirms is None:
        raise overrides.wait(f"The {thing.noun} {thing.code} becomes {asked.to.replace('_', ' ')}", _told(missing))
    return [found.code for found in missing]


def asker(asked: Asked, missing: Sequence[str]) -> str:
    """Return who asked for an override that is confirmed now, blank where nobody else did."""
    return asked.confirms.asked_by if asked.confirms is not None and missing else ""


def _missing(wants: Iterable[Want]) -> list[Want]:
    return [found for found in wants if not found.met and found.severity == "fail"]


def _refuse_way(thing: Stands, to: str, allowed: list[str]) -> NoReturn:
    can = f"It can go to {', '.join(allowed)}." if allowed else "It cannot be moved any more."
    raise errors.Conflict(
        f"The {thing.noun} {thing.code} is {thing.state.replace('_', ' ')} and cannot become "
        f"{to.replace('_', ' ')}. Nothing was changed. {can}",
        type="not-allowed",
        allowed=allowed,
        missing=[],
        state=thing.state,
    )


def _refuse_gate(thing: Stands, to: str, missing: Sequence[Want]) -> NoReturn:
    said = " ".join(f"{found.message} {found.how}" for found in missing[:5])
    raise errors.Conflict(
        f"The {thing.noun} {thing.code} cannot become {to.replace('_', ' ')} yet. {said} Nothing was changed.",
        type="gate-not-met",
        missing=_told(missing),
        state=thing.state,
    )


def _told(missing: Iterable[Want]) -> list[dict[str, str]]:
    return [{"code": found.code, "message": found.message, "how": found.how} for found in missing]


def amount_fmol(mass_ng: float, length_bp: float) -> float:
    """Return the amount of double-stranded DNA of a mean length: ng × 1e6 / (660 × bp)."""
    return mass_ng * 1e6 / (BASE_PAIR_G_PER_MOL * length_bp)


def molarity_nm(conc_ng_per_ul: float | None, length_bp: float | None) -> float | None:
    """Return the concentration in nM, which is fmol/µL; None where concentration or length is not known."""
    return None if conc_ng_per_ul is None or length_bp is None else amount_fmol(conc_ng_per_ul, length_bp)


def standing(
    *, conc_ng_per_ul: float | None, volume_ul: float | None, mean_fragment_bp: float | None
) -> dict[str, float | str | None]:
    """Return what the row of a library or a pool says of what was measured, and the amount with how it was computed."""
    known = conc_ng_per_ul is not None and volume_ul is not None and mean_fragment_bp is not None
    return {
        "conc_ng_per_ul": conc_ng_per_ul,
        "volume_ul": volume_ul,
        "mean_fragment_bp": mean_fragment_bp,
        "amount_fmol": amount_fmol(conc_ng_per_ul * volume_ul, mean_fragment_bp)  # type: ignore[operator, arg-type]
        if known
        else None,
        "amount_length_bp": mean_fragment_bp if known else None,
        "amount_formula": FORMULA if known else None,
    }


def unmeasured() -> dict[str, Any]:
    """Return what the row of a new library or pool says: nothing was measured yet."""
    return standing(conc_ng_per_ul=None, volume_ul=None, mean_fragment_bp=None)
