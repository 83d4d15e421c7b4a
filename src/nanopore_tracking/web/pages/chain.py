"""What the pages of libraries and pools have in common: their states in shape and words, moving one, measuring one."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from nanopore_tracking.contracts.api.sample.chain import Step
from nanopore_tracking.contracts.api.sample.measurements import NewMeasurement
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms
from nanopore_tracking.web.clients.chain import Chain
from nanopore_tracking.web.visit import Shown, Visit

#: The known state that each state of a library or a pool looks like.
LOOKS = {
    "planned": "queued",
    "draft": "queued",
    "prepared": "active",
    "fixed": "active",
    "qc_passed": "pass",
    "qc_failed": "fail",
    "pooled": "done",
    "loaded": "done",
    "exhausted": "closed",
    "discarded": "cancelled",
}
#: The unit that belongs to each quantity, so that nobody has to choose it.
UNITS = {
    "concentration": "ng_per_ul",
    "volume": "ul",
    "mass": "ng",
    "a260_a280": "ratio",
    "a260_a230": "ratio",
    "fragment_mean_bp": "bp",
    "fragment_mode_bp": "bp",
    "din": "number",
    "rin": "number",
    "molarity": "nm",
}
#: Shows the page of a library or a pool; with what was refused.
Shower = Callable[..., Awaitable[Shown]]


def measurement_form() -> forms.Form:
    """Return the empty form of a measurement; the unit follows from the quantity."""
    return forms.of(NewMeasurement, skip=("unit", "replaces", "subject"))


async def moved(visit: Visit, kind: str, code: str, *, show: Shower) -> Shown:
    """Move a library or a pool as the form says; kind: libraries or pools."""
    form = visit.form
    try:
        asked = msgspec.convert(
            {
                "to": form.get("to", ""),
                "reason": form.get("reason", "").strip(),
                "override": form.get("override") == "true",
            },
            Step,
        )
        seen = int(form.get("version") or 0)
        done = await visit.api(Chain).move(kind, code, asked=asked, match=seen, key=visit.key)
    except msgspec.ValidationError as failure:
        problem = errors.Invalid(f"This cannot be asked for: {failure}. Nothing was changed.")
        return await show(visit, code, status=422, problem=problem)
    except (errors.Invalid, errors.Conflict, errors.Forbidden) as problem:
        if isinstance(problem, errors.Unauthenticated):
            raise
        return await show(visit, code, status=page_status(problem), problem=problem)
    said = f"{code} is {asked.to.replace('_', ' ')}" if done else f"{code} waits for a second person"
    return visit.go(f"/{kind}/{code}", said)


async def measured(visit: Visit, kind: str, code: str, *, show: Shower) -> Shown:
    """Record a measurement of a library or a pool; kind: libraries or pools."""
    form = measurement_form()
    values: dict[str, Any] = {name: value for name, value in form.read(visit.form).items() if value is not None}
    values["unit"] = UNITS.get(str(values.get("quantity")), "number")
    try:
        await visit.api(Chain).measure(kind, code, asked=values, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        refused = form.refused(problem, visit.form)
        return await show(visit, code, status=page_status(problem), measure_form=refused, opened="measurement")
    return visit.go(f"/{kind}/{code}#measurements", "Recorded")


async def invalidated(visit: Visit, kind: str, code: str, *, measurement_id: str, show: Shower) -> Shown:
    """Declare that a measurement of a library or a pool does not count; kind: libraries or pools."""
    reason = visit.form.get("reason", "").strip()
    try:
        await visit.api(Chain).invalidate(kind, code, measurement_id, reason=reason, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await show(visit, code, status=page_status(problem), problem=problem)
    return visit.go(f"/{kind}/{code}#measurements", "The measurement no longer counts; it is kept")


def page_status(problem: errors.Problem) -> int:
    """Return the status that an open page shows in place."""
    return problem.status if problem.status in (409, 412, 422) else 422
