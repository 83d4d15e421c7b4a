"""Many libraries at once: set to another state after a look ahead, and measured by a grid."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from nanopore_tracking.contracts.api.sample.libraries import LibraryListed
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.chain import Chain
from nanopore_tracking.web.clients.library_rows import LibraryRows
from nanopore_tracking.web.pages.chain import LOOKS, page_status
from nanopore_tracking.web.visit import Shown, Visit, action, page

TEMPLATE = "pages/library_many.html"
#: Libraries that are changed together, and rows of one grid.
_MOST = 200
_MOST_ROWS = 96
#: Where libraries can be set to from here, the usual way first.
_STATES = ("prepared", "qc_passed", "qc_failed", "planned", "exhausted", "discarded")
#: The columns of the grid: field, heading, unit, the value that counts now, and how it is measured.
COLUMNS = (
    ("qubit_ng_per_ul", "Concentration", "ng/µL", "qubit_ng_per_ul", ("qubit_hs", "qubit_br")),
    ("volume_ul", "Volume", "µL", "volume_ul", ("pipette", "weighing")),
    (
        "fragment_mean_bp",
        "Mean length",
        "bp",
        "fragment_mean_bp",
        ("tapestation", "femto_pulse", "fragment_analyzer", "bioanalyzer"),
    ),
)


def _said(visit: Visit, most: int) -> list[str]:
    """Return the codes of an address, each once; Invalid for more than can be."""
    codes = list(dict.fromkeys(value for name, value in parse_qsl(visit.request.url.query) if name == "code"))
    if len(codes) > most:
        raise errors.Invalid(f"At most {most} libraries are changed together, and {len(codes)} are selected.")
    return codes


async def _found(visit: Visit, codes: Sequence[str]) -> list[LibraryListed]:
    if not codes:
        return []
    return (await visit.api(Chain).libraries(code=list(codes), sort="code", limit=_MOST)).items


@page("/libraries/many", needs="samples.move")
async def many(visit: Visit) -> Shown:
    """Ask which state the selected libraries are to be set to."""
    return await _shown(visit, _said(visit, _MOST))


async def _shown(visit: Visit, codes: Sequence[str], *, status: int = 200, **context: Any) -> Shown:
    return visit.page(
        TEMPLATE,
        title="Change libraries",
        status=status,
        codes=list(codes),
        chosen=await _found(visit, codes),
        looks=LOOKS,
        states=[(state, words.words(state)) for state in _STATES],
        form=visit.form,
        again=urlencode([("code", code) for code in codes]),
        **{"ahead": None, "done": None, "problem": None, **context},
    )


@action("/libraries/many", needs="samples.move")
async def change(visit: Visit) -> Shown:
    """Show what would become of each library; a second time do it, for those that are as they were seen."""
    form = visit.form
    codes = [code for code in form.get("codes", "").split(",") if code][:_MOST]
    asked: dict[str, Any] = {
        "to": form.get("to", ""),
        "reason": form.get("reason", "").strip(),
        "override": form.get("override") == "true",
    }
    rows = visit.api(LibraryRows)
    try:
        if form.get("step") != "run":
            return await _shown(visit, codes, ahead=await rows.ahead(asked | {"libraries": codes}))
        done = await rows.move(asked | {"libraries": _seen(form.get("seen", ""))}, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _shown(visit, codes, status=page_status(problem), problem=problem)
    if done.bulk_id is not None:
        return visit.go(f"/libraries/many/{done.bulk_id}", f"{done.changed} changed, {done.refused} not")
    return visit.trigger(await _shown(visit, codes, done=done), "Nothing was changed", "hold")


@page("/libraries/many/jobs", needs="samples.write")
async def jobs(visit: Visit) -> Shown:
    """List the changes of many libraries."""
    address = Address.of(visit.request, ())
    found = await visit.api(LibraryRows).changes(after=address["after"])
    return visit.page("pages/library_jobs.html", title="Changes of many libraries", found=found, address=address)


@page("/libraries/many/{bulk_id:str}", needs="samples.write")
async def job(visit: Visit, bulk_id: str) -> Shown:
    """Show what became of each library of a change."""
    return await _job(visit, bulk_id)


async def _job(visit: Visit, bulk_id: str, *, status: int = 200, problem: errors.Problem | None = None) -> Shown:
    client, address = visit.api(LibraryRows), Address.of(visit.request, ("outcome",))
    found = await client.change(bulk_id)
    outcome = [address["outcome"]] if address["outcome"] in ("changed", "refused") else None
    results = await client.results(bulk_id, outcome=outcome, after=address["after"], limit=_MOST)
    again = urlencode([("code", item.code) for item in results.items if item.outcome == "changed"])
    return visit.page(
        "pages/library_job.html",
        title="Change of libraries",
        status=status,
        job=found,
        results=results,
        address=address,
        problem=problem,
        again=again,
    )


@action("/libraries/many/{bulk_id:str}/undo", needs="samples.move")
async def undo(visit: Visit, bulk_id: str) -> Shown:
    """Take a change of libraries back, of every library that was not changed since."""
    version = visit.form.get("version", "")
    try:
        begun = await visit.api(LibraryRows).undo(
            bulk_id,
            reason=visit.form.get("reason", ""),
            match=int(version) if version.isdecimal() else 0,
            key=visit.key,
        )
    except (errors.Invalid, errors.Conflict) as problem:
        return await _job(visit, bulk_id, status=page_status(problem), problem=problem)
    return visit.go(f"/libraries/many/{begun.id}")


def _seen(said: str) -> list[dict[str, Any]]:
    """Return the libraries of a form with the versions that it showed."""
    pairs = [each.partition(":") for each in said.split(",") if each]
    return [{"library": code, "version": int(version)} for code, _, version in pairs if version.isdecimal()]


@page("/libraries/measure", needs="measurements.write")
async def measure(visit: Visit) -> Shown:
    """Show the selected libraries as a grid."""
    codes = _said(visit, _MOST_ROWS)
    items = [
        {
            "code": item.code,
            "version": item.version,
            "name": ", ".join(item.sample_codes),
            "qubit_ng_per_ul": item.conc_ng_per_ul,
            "volume_ul": item.volume_ul,
            "fragment_mean_bp": item.mean_fragment_bp,
            "measured": [field for field, *_ in COLUMNS],
        }
        for item in await _found(visit, codes)
    ]
    grid = {
        "noun": "library",
        "title": f"Measure {'1 library' if len(items) == 1 else f'{len(items)} libraries'}",
        "list": "/libraries",
        "what": "libraries",
        "name": "Samples",
        "path": "/libraries/measure",
        "job": "/libraries/many",
    }
    return visit.page("pages/grid.html", title="Measure libraries", items=items, columns=COLUMNS, grid=grid)


def _grid(visit: Visit) -> Any:
    """Return the grid that a script sent."""
    try:
        return msgspec.json.decode(visit.form.get("grid", ""))
    except msgspec.DecodeError as failure:
        raise errors.Invalid("The grid cannot be read. Nothing was recorded.") from failure


@action("/libraries/measure/check", needs="measurements.write")
async def check(visit: Visit) -> Shown:
    """Answer what is wrong with each cell."""
    return visit.data(msgspec.to_builtins(await visit.api(LibraryRows).check(_grid(visit))))


@action("/libraries/measure/save", needs="measurements.write")
async def record(visit: Visit) -> Shown:
    """Record the rows that are right, and answer what is wrong with the others."""
    return visit.data(msgspec.to_builtins(await visit.api(LibraryRows).record(_grid(visit), visit.key)))


ROUTES = [many, change, jobs, job, undo, measure, check, record]
