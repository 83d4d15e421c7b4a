"""Pools: the list, and one pool with its libraries, the calculator, the barcode map and the pipetting list."""

from typing import Any

from nanopore_tracking.contracts.api.sample.pools import Equimolar, Factors, NewPool, Pool
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms, words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.chain import Chain
from nanopore_tracking.web.pages.chain import LOOKS, invalidated, measured, measurement_form, moved, page_status
from nanopore_tracking.web.pages.overrides import waiting
from nanopore_tracking.web.visit import Shown, Visit, action, page

FILTERS = ("q", "state", "sample", "library")
STATES = ("draft", "fixed", "qc_passed", "loaded", "exhausted")
#: What the calculator is asked with; its state is in the address.
ASKED = ("target_fmol", "target_volume_ul", "least_ul")
_ROWS = "ABCDEFGH"
_REFUSALS = (errors.Invalid, errors.Conflict, errors.NotFound)


@page("/pools", needs="samples.read")
async def pools(visit: Visit) -> Shown:
    """Show one page of the list."""
    return await _list(visit)


async def _list(visit: Visit, *, status: int = 200, form: forms.Form | None = None) -> Shown:
    address = Address.of(visit.request, FILTERS, default_sort="-updated")
    found = await visit.api(Chain).pools(**address.query(*FILTERS), sort=address.sort, after=address["after"] or None)
    return visit.page(
        "pages/pools.html",
        title="Pools",
        status=status,
        topics="sample",
        address=Address(path="/pools", values=address.values, default_sort="-updated"),
        found=found,
        looks=LOOKS,
        states=[(state, words.words(state)) for state in STATES],
        form=form or _new_form(),
        opened=form is not None,
    )


def _new_form() -> forms.Form:
    return forms.of(NewPool, skip=("components", "arrangement"))


@action("/pools", needs="samples.write")
async def begin(visit: Visit) -> Shown:
    """Begin a pool."""
    form = _new_form()
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        made = await visit.api(Chain).make_pool(values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _list(visit, status=422, form=form.refused(problem, visit.form))
    return visit.go(f"/pools/{made.code}", f"Pool {made.code} begun")


@page("/pools/{code:str}", needs="samples.read")
async def pool(visit: Visit, code: str) -> Shown:
    """Show one pool, with what the calculator was asked by the address."""
    return await _show(visit, code)


async def _show(visit: Visit, code: str, *, status: int = 200, **given: Any) -> Shown:
    chain = visit.api(Chain)
    found = await chain.pool(code)
    staff = visit.can("samples.move")
    dosed, refused = await _dosed(visit, found) if staff else (None, None)
    shown: dict[str, Any] = {
        "pool": found,
        "gate": await chain.gate("pools", code) if staff else None,
        "measurements": (await chain.measurements("pools", code, limit=100)).items,
        "looks": LOOKS,
        "overrides": await waiting(visit, found.id),
        "maps": barcode_maps(found),
        "measure_form": measurement_form(),
        "asked": _asked(visit, found),
        "dosed": dosed,
        "dosing_problem": refused,
        "factors": None,
        "problem": None,
        "opened": "",
    }
    return visit.page("pages/pool.html", title=f"Pool {found.code}", status=status, topics="sample", **(shown | given))


def _asked(visit: Visit, found: Pool) -> dict[str, str]:
    sent = {name: visit.request.query_params.get(name, "").strip() for name in ASKED}
    known = {"target_fmol": found.target_fmol, "target_volume_ul": found.target_volume_ul, "least_ul": 1.0}
    return {name: sent[name] or ("" if known[name] is None else f"{known[name]:g}") for name in ASKED}


async def _dosed(visit: Visit, found: Pool) -> tuple[Equimolar | None, errors.Problem | None]:
    asked = {name: value.replace(",", ".") for name, value in _asked(visit, found).items() if value}
    if found.state != "draft" or "target_fmol" not in asked or not found.components:
        return None, None
    try:
        return await visit.api(Chain).equimolar(found.code, **asked), None
    except errors.Invalid as problem:
        return None, problem


def barcode_maps(found: Pool) -> list[dict[str, Any]]:
    """Return a plate for each kit of a pool: eight rows, down the columns, what is at each barcode's place."""
    maps = []
    for kit in dict.fromkeys(item.kit for item in found.barcodes):
        there = {item.number: item for item in found.barcodes if item.kit == kit}
        columns = max(3, -(-max(there) // 8)) if max(there) <= 24 else 12
        rows = [
            (letter, [(8 * column + row + 1, there.get(8 * column + row + 1)) for column in range(columns)])
            for row, letter in enumerate(_ROWS)
        ]
        maps.append({"kit": kit, "columns": list(range(1, columns + 1)), "rows": rows, "used": len(there)})
    return maps


@action("/pools/{code:str}/libraries", needs="samples.write")
async def put(visit: Visit, code: str) -> Shown:
    """Put libraries in, take some out, or set volumes and shares by hand."""
    chain, form = visit.api(Chain), visit.form
    found = await chain.pool(code)
    kept = []
    for item in found.components:
        if item.library is None or form.get(f"out-{item.library}"):
            continue
        volume = form.get(f"volume-{item.library}", "" if item.volume_ul is None else str(item.volume_ul))
        share = form.get(f"share-{item.library}", str(item.share))
        kept.append({"library": item.library, "volume_ul": _number(volume), "share": _number(share) or 1})
    more = form.get("codes", "").replace(",", " ").split()
    components = [*kept, *({"library": said} for said in dict.fromkeys(more))]
    changes: dict[str, Any] = {"components": components}
    if form.get("arrangement_name", "").strip():
        changes["arrangement"] = {
            "name": form["arrangement_name"].strip(),
            "reason": form.get("arrangement_reason", ""),
        }
    return await _changed(visit, code, changes, said="Saved")


def _number(text: str) -> float | str | None:
    """Return what was typed as a number; None for nothing, the text where it is none."""
    text = text.strip().replace(",", ".")
    try:
        return float(text) if text else None
    except ValueError:
        return text


async def _changed(visit: Visit, code: str, changes: dict[str, Any], *, said: str) -> Shown:
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(Chain).change_pool(code, changes, match=seen, key=visit.key)
    except _REFUSALS as problem:
        return await _show(visit, code, status=page_status(problem), problem=problem)
    return visit.go(f"/pools/{code}#libraries", said)


@action("/pools/{code:str}/volumes", needs="samples.write")
async def volumes(visit: Visit, code: str) -> Shown:
    """Take over what the calculator says for what was asked."""
    asked = {name: value for name in ASKED if (value := visit.form.get(name, "").strip().replace(",", "."))}
    try:
        dosed = await visit.api(Chain).equimolar(code, **asked)
    except _REFUSALS as problem:
        return await _show(visit, code, status=page_status(problem), problem=problem)
    changes: dict[str, Any] = {
        "components": [
            {"library": dose.library, "share": dose.share, "volume_ul": dose.volume_ul or None} for dose in dosed.doses
        ],
        "target_fmol": dosed.target_fmol,
        "buffer_ul": max(0.0, dosed.buffer_ul or 0.0),
    }
    if dosed.target_volume_ul is not None:
        changes["target_volume_ul"] = dosed.target_volume_ul
    return await _changed(visit, code, changes, said="The volumes are taken over")


@action("/pools/{code:str}/repooling", needs="samples.move")
async def again(visit: Visit, code: str) -> Shown:
    """Compute how the libraries are pooled again; nothing is changed."""
    chain = visit.api(Chain)
    found = await chain.pool(code)
    yields = [
        {"library": item.library, "observed": observed, "target": target}
        for item in found.components
        if item.library
        and (observed := _number(visit.form.get(f"observed-{item.library}", ""))) is not None
        and (target := _number(visit.form.get(f"target-{item.library}", ""))) is not None
    ]
    try:
        factors: Factors = await chain.repooling(code, {"yields": yields}, visit.key)
    except _REFUSALS as problem:
        return await _show(visit, code, status=page_status(problem), problem=problem, opened="again")
    return await _show(visit, code, factors=factors, opened="again")


@action("/pools/{code:str}/move", needs="samples.move")
async def move(visit: Visit, code: str) -> Shown:
    """Move the pool to another state."""
    return await moved(visit, "pools", code, show=_show)


@action("/pools/{code:str}/measurements", needs="measurements.write")
async def measure(visit: Visit, code: str) -> Shown:
    """Record a measurement of the pool."""
    return await measured(visit, "pools", code, show=_show)


@action("/pools/{code:str}/measurements/{measurement_id:str}/invalidation", needs="measurements.write")
async def invalidate(visit: Visit, code: str, measurement_id: str) -> Shown:
    """Declare that a measurement of the pool does not count."""
    return await invalidated(visit, "pools", code, measurement_id=measurement_id, show=_show)


@page("/pools/{code:str}/pipetting.csv", needs="samples.read")
async def pipetting(visit: Visit, code: str) -> Shown:
    """Hand out the pipetting list as a file."""
    content = await visit.api(Chain).pipetting(code)
    return visit.file(content, "text/csv", f"{code}_pipetting.csv")


ROUTES = [pools, begin, pool, put, volumes, again, move, measure, invalidate, pipetting]
