"""Saving, changing and removing views of the list of samples, beside the list that they are of."""

from urllib.parse import parse_qsl

from nanopore_tracking.kernel import errors
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.views import Views
from nanopore_tracking.web.pages.samples import (
    BESIDE,
    DEFAULT_SORT,
    FILTERS,
    LIST,
    NO_VIEW,
    PATH,
    address_of,
    show,
    state_of,
)
from nanopore_tracking.web.visit import Shown, Visit, action

_KEPT = (errors.Invalid, errors.Conflict, errors.Forbidden)


def _address(visit: Visit) -> Address:
    """Return the address of the list that the form stood beside."""
    said = dict(parse_qsl(visit.form.get("state", "")))
    return Address.said(PATH, said | {"choose": "views"}, (*FILTERS, *BESIDE), default_sort=DEFAULT_SORT)


async def _refused(visit: Visit, problem: errors.Problem) -> Shown:
    status = problem.status if problem.status in (409, 412) else 422
    return await show(visit, _address(visit), status=status, problem=problem, typed=visit.form)


def _match(visit: Visit) -> int:
    version = visit.form.get("version", "")
    return int(version) if version.isdecimal() else 0


@action("/samples/views", needs="samples.read")
async def create(visit: Visit) -> Shown:
    """Keep what is shown as a new view."""
    asked = {
        "of": LIST,
        "name": visit.form.get("name", "").strip(),
        "shared": visit.form.get("shared") == "true",
        **state_of(_address(visit)),
    }
    try:
        made = await visit.api(Views).create(asked, visit.key)
        if visit.form.get("is_default") == "true":
            made = await visit.api(Views).choose_default(made.id, is_default=True, key=f"{visit.key}-default")
    except _KEPT as problem:
        return await _refused(visit, problem)
    return visit.go(address_of(made), f"View {made.name} saved")


@action("/samples/views/{view_id:str}", needs="samples.read")
async def change(visit: Visit, view_id: str) -> Shown:
    """Rename a view, share it or no longer, and keep in it what is shown now."""
    asked = {
        "name": visit.form.get("name", "").strip(),
        "shared": visit.form.get("shared") == "true",
        **state_of(_address(visit)),
    }
    try:
        made = await visit.api(Views).change(view_id, asked, match=_match(visit), key=visit.key)
    except _KEPT as problem:
        return await _refused(visit, _stale(problem))
    return visit.go(address_of(made), f"View {made.name} saved")


@action("/samples/views/{view_id:str}/removal", needs="samples.read")
async def remove(visit: Visit, view_id: str) -> Shown:
    """Remove a view; what it showed stays on the page."""
    try:
        await visit.api(Views).remove(view_id, match=_match(visit), key=visit.key)
    except _KEPT as problem:
        return await _refused(visit, _stale(problem))
    return visit.go(_address(visit).with_(view=NO_VIEW, choose=None), "View removed; the samples are as they were")


@action("/samples/views/{view_id:str}/takeover", needs="views.tend")
async def take_over(visit: Visit, view_id: str) -> Shown:
    """Let a shared view whose owner left be the person's own."""
    try:
        made = await visit.api(Views).take_over(view_id, match=_match(visit), key=visit.key)
    except _KEPT as problem:
        return await _refused(visit, _stale(problem))
    return visit.go(_address(visit).with_(view=str(made.id)), f"View {made.name} is yours now")


@action("/samples/views/{view_id:str}/default", needs="samples.read")
async def choose_default(visit: Visit, view_id: str) -> Shown:
    """Let the person's list begin with a view, or no longer."""
    wanted = visit.form.get("is_default") == "true"
    view = await visit.api(Views).choose_default(view_id, is_default=wanted, key=visit.key)
    said = f"Your list begins with {view.name}" if wanted else "Your list begins with all samples"
    return visit.go(_address(visit).with_(choose=None), said)


def _stale(problem: errors.Problem) -> errors.Problem:
    if not isinstance(problem, errors.Stale):
        return problem
    return errors.Stale(
        "This view was changed in another window since you opened it. Nothing was overwritten; open it again to see "
        "how it is now, or save what is shown under another name."
    )


ROUTES = [create, change, remove, take_over, choose_default]
