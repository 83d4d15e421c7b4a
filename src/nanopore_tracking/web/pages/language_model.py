"""The language model that may help to read forms: whether one is set, its budget, how it is, and a trial."""

from typing import Any

from nanopore_tracking.kernel import errors
from nanopore_tracking.web.clients.models import Models
from nanopore_tracking.web.pages.form_review import METHODS, title
from nanopore_tracking.web.pages.settings_tabs import tabs
from nanopore_tracking.web.visit import Shown, Visit, action, page

_PATH = "/settings/model"


@page(_PATH, needs="operations.read")
async def show(visit: Visit) -> Shown:
    """Show how forms are read and how the model is."""
    return await _show(visit)


async def _show(visit: Visit, *, status: int = 200, trial: Any = None, problem: Any = None) -> Shown:
    return visit.page(
        "pages/settings_model.html",
        title="Language model",
        status=status,
        tabs=tabs(visit),
        model=await visit.api(Models).standing(),
        methods=METHODS,
        trial=trial,
        problem=problem,
        title_of=title,
    )


@action(_PATH, needs="templates.write")
async def attempt(visit: Visit) -> Shown:
    """Try the model."""
    try:
        trial = await visit.api(Models).attempt(visit.key)
    except errors.Conflict as problem:
        return await _show(visit, status=422, problem=problem)
    return await _show(visit, trial=trial)


ROUTES = [show, attempt]
