"""Changing many samples at once: each row is changed by itself, and the page says what became of each."""

from typing import Any
from urllib.parse import parse_qsl

import msgspec

from nanopore_tracking.contracts.api.sample.samples import SampleRegistration
from nanopore_tracking.contracts.api.sample.stages import Transition
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms, words
from nanopore_tracking.web.clients.bench import Bench
from nanopore_tracking.web.clients.sample import Intake
from nanopore_tracking.web.visit import Shown, Visit, action, page

TEMPLATE = "pages/many.html"
#: What one page of the list can hold.
_MOST = 200


@page("/samples/many", needs="samples.write")
async def many(visit: Visit) -> Shown:
    """Ask what is to be done with the samples that were selected."""
    codes = _codes(visit.request.url.query)
    return visit.page(TEMPLATE, title="Change many", codes=codes, results=[], **_choices())


def _choices() -> dict[str, Any]:
    return {
        "priorities": [(code, words.words(code)) for code in words.PRIORITIES],
        "stages": [(code, name) for code, (name, _) in words.STAGES.items()],
    }


def _codes(query: str) -> list[str]:
    return list(dict.fromkeys(value for name, value in parse_qsl(query) if name == "code"))[:_MOST]


@action("/samples/many", needs="samples.write")
async def change(visit: Visit) -> Shown:
    """Change the samples one after the other; what is refused stays as it is and says why."""
    codes = [code for code in visit.form.get("codes", "").split(",") if code][:_MOST]
    results = [await _one(visit, code) for code in codes]
    done = sum(1 for result in results if result["done"])
    answer = visit.page(TEMPLATE, title="Change many", codes=codes, results=results, **_choices())
    return visit.trigger(
        answer, f"{done} changed, {len(results) - done} not", "done" if done == len(results) else "hold"
    )


async def _one(visit: Visit, code: str) -> dict[str, Any]:
    bench, form = visit.api(Bench), visit.form
    try:
        now = await bench.sample(code)
        key = f"{visit.key}:{code}"
        changes = {name: form[name].strip() for name in ("priority", "assignee") if form.get(name, "").strip()}
        if changes:
            now = await bench.change(code, changes, match=now.version, key=f"{key}:c")
        if form.get("to"):
            asked = msgspec.convert({"to": form["to"], "reason": form.get("reason", "").strip()}, Transition)
            await bench.move(code, asked, match=now.version, key=f"{key}:m")
    except errors.Unauthenticated:
        raise
    except errors.Problem as problem:
        missing = "; ".join(item["message"] for item in problem.extra.get("missing") or [])
        return {"code": code, "done": False, "message": f"{problem.message} {missing}".strip()}
    return {"code": code, "done": True, "message": "Changed"}


async def _registration(visit: Visit) -> forms.Form:
    projects = (await visit.api(Intake).projects(status="active", limit=200)).items
    options = [(str(item.id), f"{item.code} {item.title} ({item.lab_name})") for item in projects]
    return forms.of(SampleRegistration, options={"project_id": options})


@page("/samples/new", needs="samples.write")
async def new(visit: Visit) -> Shown:
    """Ask for what one sample needs that is registered by hand."""
    return visit.page("pages/sample_new.html", title="Register a sample", form=await _registration(visit))


@action("/samples/new", needs="samples.write")
async def register(visit: Visit) -> Shown:
    """Register one sample."""
    form = await _registration(visit)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        made = await visit.api(Bench).register(values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        refused = form.refused(problem, visit.form)
        return visit.page("pages/sample_new.html", title="Register a sample", status=422, form=refused)
    return visit.go(f"/samples/{made.code}", f"{made.code} registered")


ROUTES = [many, change, new, register]
