"""The one table of a flow cell's states and gates, its checks, and the clock of its warranty."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from nanopore_tracking.contracts.api.sample.flow_cells import FlowCellAction, FlowCellState
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.services.sample.catalogue.model import Catalogue
from nanopore_tracking.services.sample.catalogue.model import FlowCell as Product
from nanopore_tracking.services.sample.overrides import model as overrides

#: Within so many days a failing check is to be reported where the catalogue does not say.
REPORT_DAYS = 2
_AHEAD = timedelta(minutes=5)
#: MinKNOW names its own test cells so; they are no flow cells of the ledger.
_TEST_CELL = "CTC"
_SAME: dict[FlowCellState, FlowCellState] = {"in_use": "in_use", "washed": "washed"}
_UNUSED: tuple[FlowCellState, ...] = ("received", "checked_ok", "check_failed")
#: Where a check leads of which the verdict decides.
_VERDICT: FlowCellState = "checked_ok"

#: What can be done in which state, and the state that follows. A check of an unused one leads where its verdict says;
#: one that was used already stays as it is, as the limit is that of a new one.
STEPS: Mapping[FlowCellAction, Mapping[FlowCellState, FlowCellState]] = {
    "receive": {"ordered": "received"},
    "check": dict.fromkeys(_UNUSED, _VERDICT) | _SAME,
    "load": dict.fromkeys((*_UNUSED, "washed", "expired"), "in_use"),
    "reload": {"in_use": "in_use"},
    "wash": {"in_use": "washed"},
    "flush": _SAME,
    "spend": dict.fromkeys(("in_use", "washed"), "spent"),
    "return": dict.fromkeys((*_UNUSED, "spent", "expired"), "returned"),
    "discard": dict.fromkeys(("ordered", *_UNUSED, "spent", "expired"), "discarded"),
    "expire": dict.fromkeys(_UNUSED, "expired"),
}
#: What the ledger calls it.
KINDS: Mapping[FlowCellAction, str] = {
    "receive": "received",
    "check": "checked",
    "spend": "spent",
    "return": "returned",
    "discard": "discarded",
    "expire": "expired",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowCell:
    """A flow cell as it is stored."""

    id: UUID
    flow_cell_id: str | None
    product_code: str
    device: str
    lot: str
    purchased_on: date
    received_on: date | None
    expires_on: date | None
    check_by: date
    warranty_pores: int
    report_days: int
    storage: str
    note: str
    state: FlowCellState
    pores_available: int | None
    check_count: int
    load_count: int
    event_count: int
    held_by: str | None
    version: int

    @property
    def name(self) -> str:
        """What people call it."""
        return self.flow_cell_id or f"the ordered {self.product_code}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hurdle:
    """What a gate asks for. passed_by: who may pass over it with a reason: anybody at the bench, or a manager."""

    code: str
    met: bool
    message: str
    how: str
    passed_by: Literal["bench", "manager"] = "bench"


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """A reason to pass over what a gate asks for, and whether a manager gave it.

    second: the facility wants a second person for that; signed: codes that one let the run pass over already; confirms:
    what whoever acts now confirms as the second person.
    """

    reason: str = ""
    may_override: bool = False
    second: bool = False
    signed: frozenset[str] = frozenset()
    confirms: overrides.Override | None = None


def facts(cell: FlowCell) -> dict[str, Any]:
    """Return what every event about a flow cell says."""
    return {
        name: getattr(cell, name)
        for name in FlowCell.__slots__
        if name not in ("report_days", "event_count", "version")
    }


def subject(cell: FlowCell) -> Subject:
    """Return how events name a flow cell."""
    return Subject("flow_cell", str(cell.id), cell.flow_cell_id or "")


def actions(cell: FlowCell) -> list[FlowCellAction]:
    """Return what can be done with a flow cell now."""
    return [action for action, steps in STEPS.items() if cell.state in steps]


def step(cell: FlowCell, action: FlowCellAction, *, passed: bool = True) -> FlowCellState:
    """Return the state after an action; passed: the verdict of a check. Conflict where no such way leads from here."""
    after = STEPS[action].get(cell.state)
    if after is None:
        can = ", ".join(actions(cell))
        raise errors.Conflict(
            f"{cell.name} is {cell.state.replace('_', ' ')}; it is not possible to {action} it. Nothing was changed. "
            + (f"Possible is: {can}." if can else "Nothing can be done with it any more."),
            type="not-allowed",
            allowed=list(actions(cell)),
            state=cell.state,
        )
    if action == "check" and cell.state in _UNUSED:
        return "checked_ok" if passed else "check_failed"
    return after


def load_hurdles(cell: FlowCell, today: date) -> Iterator[Hurdle]:
    """Yield what must be so of the flow cell itself before something is loaded."""
    yield Hurdle(
        code="checked",
        met=cell.state in ("checked_ok", "washed", "in_use") or cell.check_count > 0,
        message=f"{cell.name} was checked." if cell.check_count else f"{cell.name} was never checked.",
        how="Record the flow cell check.",
    )
    if cell.load_count == 0 and cell.pores_available is not None:
        yield Hurdle(
            code="pores",
            met=cell.pores_available >= cell.warranty_pores,
            message=f"{cell.name} has {counted(cell.pores_available, 'pore')}; a new {cell.product_code} has at least "
            f"{cell.warranty_pores:,}.",
            how="Take another flow cell, or say why this one is used.",
        )
    last = cell.expires_on
    yield Hurdle(
        code="in-date",
        met=cell.state != "expired" and (last is None or today <= last),
        message=f"The last day of {cell.name} {'is' if today <= last else 'was'} {last.isoformat()}."
        if last
        else f"{cell.name} is {cell.state.replace('_', ' ')}.",
        how="Take another flow cell, or let a facility manager say why this one is used.",
        passed_by="manager",
    )


def pass_hurdles(cell: FlowCell, hurdles: Iterable[Hurdle], override: Override) -> list[Hurdle]:
    """Return the hurdles that a reason passes over.

    Conflict `gate-not-met` without one, Forbidden without right, SecondPerson where nobody else confirmed it yet.
    """
    missing = [hurdle for hurdle in hurdles if not hurdle.met]
    told = told_hurdles(missing)
    if override.confirms is not None:
        overrides.still(override.confirms, state=cell.state, version=cell.version, missing=told)
    if not missing:
        return []
    if not override.reason:
        said = " ".join(each.message for each in missing)
        how = " ".join(dict.fromkeys(each.how for each in missing))
        raise errors.Conflict(f"{said} Nothing was changed. {how}", type="gate-not-met", missing=told, state=cell.state)
    if not override.may_override and any(each.passed_by == "manager" for each in missing):
        message = "Only a facility manager decides that an expired flow cell is used. Nothing was changed."
        raise errors.Forbidden(message, missing=told)
    unsigned = [each for each in missing if each.code not in override.signed]
    if unsigned and override.second and override.confirms is None:
        raise overrides.wait(f"{cell.name} is loaded", told_hurdles(unsigned))
    return missing


def told_hurdles(hurdles: Iterable[Hurdle]) -> list[dict[str, str]]:
    """Return hurdles as a refusal names them."""
    return [{"code": each.code, "message": each.message, "how": each.how} for each in hurdles]


def printed(flow_cell_id: str, pattern: str) -> str:
    """Return the id that is printed on a flow cell; Invalid for one that cannot be, or of a configuration test cell."""
    said = flow_cell_id.strip().upper()
    message = ""
    if said.startswith(_TEST_CELL):
        message = "This is a configuration test cell, which cannot be loaded."
    elif not re.fullmatch(pattern, said):
        message = "This does not look like the id of a flow cell: three letters and three to six digits, FAX12345."
    if message:
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("flow_cell_id", message)])
    return said


def product(catalogue: Catalogue, said: str) -> Product:
    """Return the product of a code; Invalid where the catalogue does not have it, or not what its warranty says."""
    code = said.strip().upper()
    found = next((cell for cell in catalogue.flow_cells if cell.code == code), None)
    if found is None or not found.warranty_pores or not found.device:
        known = ", ".join(cell.code for cell in catalogue.flow_cells)
        raise errors.Invalid(
            f"The catalogue has no flow cell {code}. Nothing was changed. It has {known or 'none yet'}.",
            fields=[errors.FieldError("product_code", "The catalogue has no such flow cell.")],
        )
    return found


def dated(cell: FlowCell, *, today: date) -> None:
    """Raise Invalid where the dates of a flow cell cannot be right."""
    wrong = []
    for name in ("purchased_on", "received_on"):
        day = getattr(cell, name)
        if day is not None and day > today:
            wrong.append(errors.FieldError(name, "This is in the future."))
    if cell.received_on is not None and cell.received_on < cell.purchased_on:
        wrong.append(errors.FieldError("received_on", "It would have come before it was bought."))
    if wrong:
        said = " ".join(each.message for each in wrong)
        raise errors.Invalid(f"The dates cannot be right. {said} Nothing was changed.", fields=wrong)


def checked_when(asked: datetime | None, cell: FlowCell, *, now: datetime) -> datetime:
    """Return when a check was made; Invalid for a time in the future or before the flow cell came."""
    at = asked or now
    if at > now + _AHEAD:
        message = "This is in the future."
    elif cell.received_on is not None and at.date() < cell.received_on:
        message = "The flow cell was not here yet."
    else:
        return at
    raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("checked_at", message)])


def claim_deadline(cell: FlowCell, *, pores: int, checked_at: datetime) -> datetime | None:
    """Return until when a check has to be reported to the vendor; None where the warranty does not cover it.

    Covered is a flow cell that was never loaded, has fewer pores than a new one must have, and was checked in time.
    """
    covered = cell.load_count == 0 and pores < cell.warranty_pores and checked_at.date() <= cell.check_by
    return checked_at + timedelta(days=cell.report_days) if covered else None


def low_stock(usable: int, low_at: int) -> bool:
    """Tell whether too few flow cells of a product are here that were not used yet."""
    return usable <= low_at


def told_overrides(passed: Sequence[Hurdle]) -> list[str]:
    """Return what a reason passed over, as the ledger keeps it."""
    return [hurdle.code for hurdle in passed]
