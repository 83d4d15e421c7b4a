"""Libraries: the list, one library with its gate, and a batch of up to 96 planned at once."""

from typing import Any
from urllib.parse import parse_qsl

from nanopore_tracking.contracts.api.sample.libraries import NewBatch
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms, words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.chain import Chain
from nanopore_tracking.web.pages.chain import LOOKS, invalidated, measured, measurement_form, moved, page_status
from nanopore_tracking.web.pages.library_edit import edit_form, edited, marks_of
from nanopore_tracking.web.pages.overrides import waiting
from nanopore_tracking.web.visit import Shown, Visit, action, page

FILTERS = ("q", "state", "sample")
STATES = ("planned", "prepared", "qc_passed", "qc_failed", "pooled", "exhausted", "discarded")
#: What one batch can hold.
_MOST = 96


@page("/libraries", needs="samples.read")
async def libraries(visit: Visit) -> Shown:
    """Show one page of the list."""
    address = Address.of(visit.request, FILTERS, default_sort="-updated")
    found = await visit.api(Chain).libraries(
        **address.query(*FILTERS), sort=address.sort, after=address["after"] or None
    )
    return visit.page(
        "pages/libraries.html",
        title="Libraries",
        topics="sample",
        address=address,
        found=found,
        looks=LOOKS,
        states=[(state, words.words(state)) for state in STATES],
    )


@page("/libraries/{code:str}", needs="samples.read")
async def library(visit: Visit, code: str) -> Shown:
    """Show one library."""
    return await _show(visit, code)


async def _show(visit: Visit, code: str, *, status: int = 200, **given: Any) -> Shown:
    chain = visit.api(Chain)
    found = await chain.library(code)
    shown: dict[str, Any] = {
        "library": found,
        "gate": await chain.gate("libraries", code),
        "measurements": (await chain.measurements("libraries", code, limit=100)).items,
        "looks": LOOKS,
        "overrides": await waiting(visit, found.id),
        "measure_form": measurement_form(),
        "edit_form": edit_form(found),
        "marks": marks_of(found),
        "marks_wrong": "",
        "problem": None,
        "opened": "",
    }
    return visit.page(
        "pages/library.html", title=f"Library {found.code}", status=status, topics="sample", **(shown | given)
    )


@action("/libraries/{code:str}/move", needs="samples.move")
async def move(visit: Visit, code: str) -> Shown:
    """Move the library to another state."""
    return await moved(visit, "libraries", code, show=_show)


@action("/libraries/{code:str}/measurements", needs="measurements.write")
async def measure(visit: Visit, code: str) -> Shown:
    """Record a measurement of the library."""
    return await measured(visit, "libraries", code, show=_show)


@action("/libraries/{code:str}/measurements/{measurement_id:str}/invalidation", needs="measurements.write")
async def invalidate(visit: Visit, code: str, measurement_id: str) -> Shown:
    """Declare that a measurement of the library does not count."""
    return await invalidated(visit, "libraries", code, measurement_id=measurement_id, show=_show)


@action("/libraries/{code:str}/edit", needs="samples.write")
async def edit(visit: Visit, code: str) -> Shown:
    """Change what is said of the preparation of a planned library."""
    return await edited(visit, code, show=_show)


def _batch_form() -> forms.Form:
    return forms.of(NewBatch, skip=("samples", "operator"))


@page("/libraries/batch", needs="samples.write")
async def batch(visit: Visit) -> Shown:
    """Ask how libraries of the selected samples are to be prepared."""
    codes = list(dict.fromkeys(value for name, value in parse_qsl(visit.request.url.query) if name == "code"))
    form = _batch_form().filled({"first_barcode": 1})
    return visit.page("pages/batch.html", title="Plan libraries", codes=codes[:_MOST], form=form, done=None)


@action("/libraries/batch", needs="samples.write")
async def plan(visit: Visit) -> Shown:
    """Plan a library of each sample; what is refused says why."""
    form = _batch_form()
    codes = visit.form.get("codes", "").replace(",", " ").split()[:_MOST]
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        done = await visit.api(Chain).plan_batch(values | {"samples": codes}, visit.key)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        refused = form.refused(problem, visit.form)
        status = page_status(problem)
        return visit.page(
            "pages/batch.html", title="Plan libraries", status=status, codes=codes, form=refused, done=None
        )
    answer = visit.page("pages/batch.html", title="Plan libraries", codes=codes, form=form, done=done)
    return visit.trigger(answer, f"{done.made} planned, {done.refused} not", "hold" if done.refused else "done")


ROUTES = [libraries, batch, plan, library, move, measure, invalidate, edit]
